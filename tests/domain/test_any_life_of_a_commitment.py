"""Any acts, by anybody, in any order: the domain and a plain reading of product.md agree."""

from collections.abc import Sized
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import event as tally
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.commitment import Commitment, evolve, rebuild
from domain.policies import (
    board_status,
    fulfilled_on,
)
from domain.refusals import Refusal
from domain.values import (
    AttributionOutcome,
    Author,
    Capacity,
    Due,
    DueKind,
    Measure,
    Status,
    Wording,
)
from tests.domain import plain_board
from tests.domain.acts import ask, decide
from tests.domain.cast import (
    BEFORE_THE_ELECTION,
    COMMISSION,
    MADE_ON,
    MEASURED,
    NETWORK,
    OBSERVATORY,
    OPEN,
    REGISTER,
    REPORT,
    SCAN,
    SECRETARIAT,
    UNHURRIED,
    YOUTH,
    by_day,
)
from tests.domain.derived import derived_words
from tests.domain.plain_model import PlainCommitment
from tests.domain.situations import HEAD_STARTS
from tests.domain.storytelling import (
    in_words,
)

ORGANISATIONS = [
    author.organisation for author in (COMMISSION, NETWORK, OBSERVATORY, YOUTH, SECRETARIAT)
]
PROMISED_UNTIL = MADE_ON + timedelta(days=35)

texts = st.sampled_from([*["Un motif."] * 30, "", "Retourné\u202e."])
statuses = st.sampled_from(Status)
NOT_SEEN_YET = replace(REPORT, seen_on=date(2098, 1, 1))
proofs = st.sampled_from([*[(), (REPORT,), (SCAN, REPORT), (SCAN,)] * 5, (NOT_SEEN_YET,)])
ANSWERS: list[type[c.Command]] = [c.ChallengeAssessment, c.PublishReply]
days_ago = st.sampled_from([*[0] * 8, *[1, 2, 3, 5, 8, 13, 21, 30] * 3, -1, 300])
dues = st.sampled_from(
    [
        OPEN,
        BEFORE_THE_ELECTION,
        Due(kind=DueKind.fixed),
        *(by_day(PROMISED_UNTIL + timedelta(days)) for days in (-36, -30, -10, 0, 10, 60)),
    ]
)


class AnyLifeOfACommitment(RuleBasedStateMachine):
    state: Commitment
    plain: PlainCommitment

    def __init__(self) -> None:
        super().__init__()
        self.today = MADE_ON + timedelta(days=30)
        self.events: list[e.Event] = []

    @initialize(
        owners=st.sampled_from([(COMMISSION,), (COMMISSION, NETWORK)]),
        by=st.sampled_from([COMMISSION, OBSERVATORY, SECRETARIAT]),
        due=st.sampled_from([OPEN, BEFORE_THE_ELECTION, *[by_day(PROMISED_UNTIL)] * 3]),
        already=st.sampled_from(HEAD_STARTS),
    )
    def it_is_made(
        self,
        owners: tuple[Author, ...],
        by: Author,
        due: Due,
        already: list[tuple[c.Command, Author]],
    ) -> None:
        named = tuple(owner.organisation for owner in owners)
        command = ask(c.MakeCommitment, MADE_ON, owners=named, due=due)
        made = decide(None, command, self.today, by)
        self.state, self.plain = evolve(None, made), PlainCommitment(command, by)
        self.events.append(made)
        for act, actor in already:
            self._does(act, actor)

    def _author(self, data: st.DataObject, role: str, said: dict[str, Any]) -> Author:
        """Mostly one who may, sometimes anybody in any capacity."""
        if data.draw(st.integers(0, 9)) == 9:
            anybody = st.builds(Author, st.sampled_from(ORGANISATIONS), st.sampled_from(Capacity))
            return data.draw(anybody)
        if role == "secretariat":
            return SECRETARIAT
        plain = self.plain
        others = [one for one in ORGANISATIONS if one not in plain.owners]
        if role == "assessor":
            number = said["assessment"]
            others = [each["by"] for each in plain.assessments[number - 1 : number]] or others
        if role == "provider":
            number = said["number"]
            others = [each["by"] for each in plain.evidence[number - 1 : number]] or others
        return self._truly(data.draw(st.sampled_from(plain.owners if role == "owner" else others)))

    def _truly(self, organisation: UUID) -> Author:
        owns = organisation in self.plain.owners
        return Author(organisation, Capacity.owner if owns else Capacity.assessor)

    def _asked(self, data: st.DataObject, role: str, kind: type[c.Command], **said: Any) -> None:
        by = self._author(data, role, said)
        wanted = {name: value for name, value in said.items() if name in kind.__struct_fields__}
        self._does(ask(kind, self.today - timedelta(days=data.draw(days_ago)), **wanted), by)

    def _does(self, command: c.Command, by: Author) -> None:
        objections = self.plain.objections(command, by, self.today)
        before = self.state
        try:
            event = decide(self.state, command, self.today, by)
        except Refusal as raised:
            refusal = raised
        else:
            tally(f"recorded {type(command).__name__}")
            assert not objections, (command, by)
            self.events.append(event)
            self.state = evolve(self.state, event)
            self.plain.happens(command, by)
            self.the_board_is_what_a_plain_reading_says()
            return
        tally(f"refused {type(refusal).__name__}")
        assert type(refusal).__name__ in objections, (command, by)
        assert refusal.sentence("fr", in_words("fr")).endswith(".")
        assert refusal.sentence("en", in_words("en")).endswith(".")
        assert self.state == before

    def _one_of(self, data: st.DataObject, there: Sized) -> int:
        """Mostly the number of one that is there, sometimes of one that is not."""
        known = [*range(1, len(there) + 1)]
        number: int = data.draw(st.sampled_from([*known * 6, 0, len(there) + 1]))
        return number

    @rule(days=st.sampled_from([1, 2, 5, 10, 40]))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days)

    # Few rules with several acts each: Hypothesis switches whole rules off in each run, and what
    # needs three of them in a row would hardly ever happen.

    @rule(
        data=st.data(),
        kind=st.sampled_from([c.AcknowledgeCommitment, c.DisputeAttribution, c.SettleAttribution]),
        outcome=st.sampled_from(AttributionOutcome),
        owners=st.lists(st.sampled_from(ORGANISATIONS), max_size=2).map(tuple),
        reason=texts,
    )
    def attribute(self, data: st.DataObject, kind: type[c.Command], **said: Any) -> None:
        self._asked(data, "secretariat" if kind is c.SettleAttribution else "owner", kind, **said)

    @rule(
        data=st.data(),
        kind=st.sampled_from([c.CorrectWording, c.SetDueDate, c.MoveDueDate, c.MoveDueDate]),
        who=st.sampled_from(["owner", "secretariat"]),
        statement=st.sampled_from([REGISTER, Wording(fr="Publier le fichier.")]),
        measure=st.sampled_from([MEASURED, Measure(False)]),
        due=dues,
        reason=texts,
    )
    def amend(self, data: st.DataObject, kind: type[c.Command], who: str, **said: Any) -> None:
        self._asked(data, who, kind, **said)

    @rule(
        data=st.data(),
        kind=st.sampled_from([c.PlanMilestone, c.ReachMilestone]),
        due_on=st.sampled_from([None, PROMISED_UNTIL, MADE_ON - timedelta(days=1)]),
        evidence=proofs,
    )
    def go_by_milestones(self, data: st.DataObject, kind: type[c.Command], **said: Any) -> None:
        said["milestone"] = self._one_of(data, self.plain.milestones)
        self._asked(data, "owner", kind, **said)

    @rule(data=st.data(), status=statuses, note=texts, evidence=proofs)
    def declare(self, data: st.DataObject, **said: Any) -> None:
        self._asked(data, "owner", c.DeclareProgress, **said)

    @rule(data=st.data(), status=statuses, rationale=texts, evidence=proofs)
    def assess(self, data: st.DataObject, **said: Any) -> None:
        self._asked(data, "other", c.AssessProgress, **said)

    @precondition(lambda self: self.plain.assessments)
    @rule(
        data=st.data(),
        kind=st.sampled_from(ANSWERS),
        reason=texts,
        text=texts,
        evidence=proofs,
    )
    def answer(self, data: st.DataObject, kind: type[c.Command], **said: Any) -> None:
        said["assessment"] = self._one_of(data, self.plain.assessments)
        self._asked(data, "owner", kind, **said)

    @precondition(lambda self: any(each["open"] for each in self.plain.assessments))
    @rule(
        data=st.data(),
        kind=st.sampled_from([c.MaintainAssessment, c.ReviseAssessment]),
        status=statuses,
        rationale=texts,
        reason=texts,
        evidence=proofs,
    )
    def stand_by_it_or_not(self, data: st.DataObject, kind: type[c.Command], **said: Any) -> None:
        challenged = [n for n, a in enumerate(self.plain.assessments, start=1) if a["open"]]
        said["assessment"] = data.draw(
            st.sampled_from([*challenged * 6, 0, len(self.plain.assessments)])
        )
        self._asked(data, "assessor", kind, **said)

    @rule(data=st.data(), who=st.sampled_from(["owner", "other"]), evidence=proofs, note=texts)
    def add_evidence(self, data: st.DataObject, who: str, evidence: Any, note: str) -> None:
        piece = evidence[0] if evidence else REPORT
        self._asked(data, who, c.AddEvidence, evidence=piece, note=note)

    @precondition(lambda self: self.plain.evidence)
    @rule(data=st.data(), reason=texts)
    def withdraw_evidence(self, data: st.DataObject, reason: str) -> None:
        number = self._one_of(data, self.plain.evidence)
        self._asked(data, "provider", c.WithdrawEvidence, number=number, reason=reason)

    @rule(data=st.data(), reason=texts, sure=st.integers(0, 5))
    def withdraw(self, data: st.DataObject, reason: str, sure: int) -> None:
        if sure == 5:  # a withdrawal ends much of what else could happen
            self._asked(data, "owner", c.WithdrawCommitment, reason=reason)

    def the_board_is_what_a_plain_reading_says(self) -> None:
        state, plain = self.state, self.plain
        status = board_status(state)
        breakdown = {str(key): count for key, count in status.breakdown}
        assert (str(status.standing), str(status.basis), breakdown) == plain_board.board(plain)
        assert status.assessors == sum(breakdown.values())
        assert fulfilled_on(state) == plain_board.fulfilled_on(plain)
        assert (list(state.owners), state.disputed_by) == (plain.owners, plain.disputed_by)
        assert (state.due, state.last_news_on) == (plain.due, plain.news_on)
        assert [m.reached_on for m in state.milestones] == plain.milestones
        for on in (self.today, PROMISED_UNTIL, PROMISED_UNTIL + timedelta(days=1)):
            assert derived_words(state, on) == plain_board.words(plain, on)

    def teardown(self) -> None:
        """Stored and read again, the events are gapless and give the same state."""
        if not self.events:
            return
        stored = [msgspec.json.encode(event) for event in self.events]
        read = [msgspec.json.decode(line, type=e.Event) for line in stored]
        assert [event.originator_version for event in read] == [*range(1, len(read) + 1)]
        states = [evolve(None, read[0])]
        for event in read[1:]:
            # As projections keep it between two batches.
            kept = msgspec.msgpack.decode(msgspec.msgpack.encode(states[-1]), type=Commitment)
            states.append(evolve(kept, event))
        assert states[-1] == self.state == rebuild(None, read)


TestAnyLifeOfACommitment = AnyLifeOfACommitment.TestCase
TestAnyLifeOfACommitment.settings = settings(UNHURRIED, max_examples=60, stateful_step_count=50)
