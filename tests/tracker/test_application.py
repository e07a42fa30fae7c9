"""Each use case records what the domain decides, once; what it refuses leaves no trace."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain.refusals import (
    NotAnOwner,
    OccurredInFuture,
    RecordChangedMeanwhile,
    RecordUnknown,
    ReferenceTaken,
    Refusal,
    SlugTaken,
)
from domain.values import (
    AttributionOutcome,
    Author,
    Capacity,
    Due,
    Wording,
)
from tests.conftest import Server
from tests.domain.acts import EXAMPLES, ask, verb
from tests.domain.cast import SCAN, TODAY
from tests.invariants import check, check_ledger, notes, stream_of
from tests.projections.telling import forget_everything, installed
from tracker.application import Application, Submission, identity
from tracker.ledger import Ledger, Receipt

COMMISSION, OBSERVATORY, YOUTH = (identity(name) for name in ("commission", "observatory", "youth"))
FRAMEWORK, MEETING, COMMITMENT = (identity(name) for name in ("framework", "meeting", "promise"))
OWNER = Author(COMMISSION, Capacity.owner)
ASSESSOR = Author(OBSERVATORY, Capacity.assessor)
SECRETARIAT = Author(COMMISSION, Capacity.secretariat)
NOBODY = UUID(int=999)


class Act(NamedTuple):
    """One command as it comes in. `record` is None for those that begin one."""

    key: str
    record: UUID | None
    command: c.Command
    by: Author


def act(key: str, record: UUID | None, kind: Any, by: Author, **said: Any) -> Act:
    return Act(key, record, ask(kind, **said), by)


SCENE = (
    act("commission", None, c.RegisterStakeholder, SECRETARIAT, slug="commission"),
    act("observatory", None, c.RegisterStakeholder, SECRETARIAT, slug="observatory"),
    act("youth", None, c.RegisterStakeholder, SECRETARIAT, slug="youth"),
    act("framework", None, c.EstablishFramework, SECRETARIAT),
    act("admission", FRAMEWORK, c.AdmitStakeholder, SECRETARIAT, stakeholder=OBSERVATORY),
    act(
        "meeting",
        None,
        c.HoldMeeting,
        SECRETARIAT,
        framework=FRAMEWORK,
        attendance=(COMMISSION, OBSERVATORY),
    ),
    act("topic", MEETING, c.DiscussTopic, SECRETARIAT),
    act("minutes", MEETING, c.PublishMinutes, SECRETARIAT),
    act(
        "promise",
        None,
        c.MakeCommitment,
        SECRETARIAT,
        framework=FRAMEWORK,
        meeting=MEETING,
        owners=(COMMISSION,),
        made_to=(OBSERVATORY,),
        due=Due(),
    ),
)
LIFE = (
    act("1", COMMITMENT, c.DisputeAttribution, OWNER),
    act("2", COMMITMENT, c.SettleAttribution, SECRETARIAT),
    act("3", COMMITMENT, c.SetDueDate, OWNER),
    act("4", COMMITMENT, c.MoveDueDate, OWNER, due=Due()),
    act("5", COMMITMENT, c.CorrectWording, OWNER),
    act("6", COMMITMENT, c.PlanMilestone, OWNER),
    act("7", COMMITMENT, c.ReachMilestone, OWNER),
    act("8", COMMITMENT, c.DeclareProgress, OWNER),
    act("9", COMMITMENT, c.AssessProgress, ASSESSOR),
    act("10", COMMITMENT, c.ChallengeAssessment, OWNER),
    act("11", COMMITMENT, c.MaintainAssessment, ASSESSOR),
    act("12", COMMITMENT, c.AssessProgress, ASSESSOR),
    act("13", COMMITMENT, c.ChallengeAssessment, OWNER, assessment=2),
    act("14", COMMITMENT, c.ReviseAssessment, ASSESSOR, assessment=2),
    act("15", COMMITMENT, c.PublishReply, OWNER, assessment=2),
    act("16", COMMITMENT, c.AddEvidence, ASSESSOR, evidence=SCAN),
    act("17", COMMITMENT, c.WithdrawEvidence, ASSESSOR, number=1),
    act("18", COMMITMENT, c.WithdrawCommitment, OWNER),
    act(
        "other",
        None,
        c.MakeCommitment,
        SECRETARIAT,
        reference="2024-002",
        owners=(COMMISSION,),
        framework=FRAMEWORK,
    ),
    act("19", identity("other"), c.AcknowledgeCommitment, OWNER),
)


def submit(application: Application, act: Act, **how: Any) -> Receipt:
    use_case = getattr(application, verb(act.command))
    submission = Submission(by=act.by, **{"key": act.key, **how})
    subject = [] if act.record is None else [act.record]
    receipt: Receipt = use_case(*subject, act.command, submission)
    return receipt


@pytest.fixture(scope="module")
def url(postgres: Server) -> Iterator[str]:
    with installed(postgres) as url:
        yield url


@pytest.fixture
def empty(url: str) -> Iterator[Application]:
    """Nothing is recorded yet."""
    forget_everything(url)
    ledger = Ledger(url, pool_size=16)
    yield Application(ledger, today=lambda: TODAY)
    ledger.close()
    check_ledger(url, {})


@pytest.fixture
def application(empty: Application) -> Application:
    """With a commission, an observatory, a framework, a meeting and one commitment."""
    for each in SCENE:
        submit(empty, each)
    return empty


def head(application: Application) -> int:
    assert isinstance(application.ledger, Ledger)
    return application.ledger.head().position


def at_once(n: int, call: Callable[[int], Any]) -> list[Any]:
    """What `n` threads got that called at the same moment: results or refusals."""
    ready = threading.Barrier(n)

    def run(number: int) -> Any:
        ready.wait()
        try:
            return call(number)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


# ---- every use case


def test_every_use_case_records_one_event_and_only_one_however_often_it_is_sent(
    empty: Application, url: str
) -> None:
    for position, each in enumerate((*SCENE, *LIFE), start=1):
        first, again = submit(empty, each), submit(empty, each)
        assert first == Receipt(position, position), each.key
        assert again == Receipt(position, position, repeated=True), each.key
    # Sent once more at the very end, when most of them would be refused if they were decided anew.
    for position, each in enumerate((*SCENE, *LIFE), start=1):
        assert submit(empty, each) == Receipt(position, position, repeated=True), each.key
    acknowledged = {
        each.key: Receipt(position, position)
        for position, each in enumerate((*SCENE, *LIFE), start=1)
    }
    assert check(url, acknowledged) == len(SCENE) + len(LIFE)


def test_there_is_a_use_case_for_every_command() -> None:
    told = {verb(each.command) for each in (*SCENE, *LIFE)}
    assert told == {verb(example) for example in EXAMPLES.values()}
    offered = {name for name in vars(Application) if not name.startswith("_")}
    assert told == offered - {"commitment"}


def test_without_a_key_every_sending_is_a_command_of_its_own(application: Application) -> None:
    before = head(application)
    for _ in range(2):
        submit(application, LIFE[7], key=None)
    assert head(application) == before + 2


def test_what_a_command_began_is_named_after_its_key(application: Application) -> None:
    assert application.commitment(COMMITMENT).reference == "2024-001"
    assert application.commitment(identity("promise")).id == COMMITMENT


def test_a_key_stands_for_its_first_command_whatever_is_sent_with_it_later(
    application: Application,
) -> None:
    first = submit(application, LIFE[7])
    other = replace(LIFE[7].command, note="Tout autre chose.")
    assert submit(application, LIFE[7]._replace(command=other)) == replace(first, repeated=True)
    assert application.commitment(COMMITMENT).version == 2


# ---- refusals


def test_what_a_rule_forbids_leaves_no_trace(application: Application, url: str) -> None:
    before = head(application)
    with pytest.raises(NotAnOwner):
        submit(application, LIFE[7]._replace(by=ASSESSOR))
    early = LIFE[7]._replace(command=replace(LIFE[7].command, occurred_on=date(2025, 3, 2)))
    with pytest.raises(OccurredInFuture):
        submit(application, early)
    assert head(application) == before
    # The key was not used up: put right, the same form is recorded.
    assert submit(application, LIFE[7]) == Receipt(before + 1, before + 1)


def _naming(kind: Any, by: Author = SECRETARIAT, **said: Any) -> Act:
    return act("naming", FRAMEWORK if kind is c.AdmitStakeholder else None, kind, by, **said)


PROMISE: dict[str, Any] = {"reference": "2024-002", "framework": FRAMEWORK, "owners": (COMMISSION,)}
MEETING_AGAIN: dict[str, Any] = {"slug": "autre", "framework": FRAMEWORK}
NAMING: dict[str, Callable[[UUID], Act]] = {
    "a member": lambda id: _naming(c.AdmitStakeholder, stakeholder=id),
    "a meeting's framework": lambda id: _naming(
        c.HoldMeeting, **{**MEETING_AGAIN, "framework": id}
    ),
    "who attended": lambda id: _naming(c.HoldMeeting, **MEETING_AGAIN, attendance=(COMMISSION, id)),
    "a commitment's framework": lambda id: _naming(
        c.MakeCommitment, **{**PROMISE, "framework": id}
    ),
    "an owner": lambda id: _naming(c.MakeCommitment, **{**PROMISE, "owners": (COMMISSION, id)}),
    "to whom": lambda id: _naming(c.MakeCommitment, **PROMISE, made_to=(id,)),
    "where": lambda id: _naming(c.MakeCommitment, **PROMISE, meeting=id),
}


@pytest.mark.parametrize("naming", NAMING)
def test_what_nobody_recorded_cannot_be_named(application: Application, naming: str) -> None:
    before = head(application)
    with pytest.raises(RecordUnknown) as refused:
        submit(application, NAMING[naming](NOBODY))
    assert str(NOBODY) in str(refused.value)
    assert head(application) == before


@pytest.mark.parametrize("naming", NAMING)
def test_a_record_of_another_kind_cannot_be_named(application: Application, naming: str) -> None:
    meant = {
        "a meeting's framework": "framework",
        "a commitment's framework": "framework",
        "where": "meeting",
    }.get(naming, "youth")
    before = head(application)
    for kind in {"youth", "framework", "meeting", "promise"} - {meant}:
        with pytest.raises(RecordUnknown):
            submit(application, NAMING[naming](identity(kind)))
    assert head(application) == before
    submit(application, NAMING[naming](identity(meant)))


def test_new_owners_must_be_organisations(application: Application) -> None:
    submit(application, LIFE[0])
    for unknown in (NOBODY, MEETING):
        settled = ask(c.SettleAttribution, outcome=AttributionOutcome.reassigned, owners=(unknown,))
        with pytest.raises(RecordUnknown):
            submit(application, LIFE[1]._replace(command=settled))
    settled = ask(c.SettleAttribution, outcome=AttributionOutcome.reassigned, owners=(YOUTH,))
    submit(application, LIFE[1]._replace(command=settled))
    assert application.commitment(COMMITMENT).owners == (YOUTH,)


@pytest.mark.parametrize("record", [NOBODY, COMMISSION, FRAMEWORK, MEETING])
def test_only_a_commitment_can_be_acted_on_as_one(application: Application, record: UUID) -> None:
    before = head(application)
    with pytest.raises(RecordUnknown):
        submit(application, LIFE[7]._replace(record=record))
    assert head(application) == before


def test_a_reference_or_an_address_belongs_to_whoever_took_it_first(
    application: Application,
) -> None:
    for each, refusal in (
        (SCENE[0], SlugTaken),
        (SCENE[3], SlugTaken),
        (SCENE[5], SlugTaken),
        (SCENE[8], ReferenceTaken),
    ):
        before = head(application)
        with pytest.raises(refusal):
            submit(application, each, key="another")
        with pytest.raises(refusal):
            submit(application, each, key=None)
        assert head(application) == before


def test_one_address_may_be_taken_once_in_each_kind(application: Application) -> None:
    command = ask(c.RegisterStakeholder, slug="cadre")
    submit(application, Act("same slug as the framework", None, command, SECRETARIAT))


# ---- two who edit at once


def test_whoever_saw_an_older_version_is_told_and_nothing_is_recorded(
    application: Application,
) -> None:
    submit(application, LIFE[7], seen_version=1)
    before = head(application)
    late = LIFE[8]
    with pytest.raises(RecordChangedMeanwhile):
        submit(application, late, seen_version=1)
    assert head(application) == before
    submit(application, late, seen_version=2)


def test_a_form_sent_twice_is_not_told_of_its_own_change(application: Application) -> None:
    first = submit(application, LIFE[7], seen_version=1)
    assert submit(application, LIFE[7], seen_version=1) == replace(first, repeated=True)


def test_of_several_who_saw_the_same_version_one_is_recorded(application: Application) -> None:
    outcomes = at_once(
        8, lambda number: submit(application, LIFE[7], key=f"form {number}", seen_version=1)
    )
    recorded = [each for each in outcomes if isinstance(each, Receipt)]
    assert len(recorded) == 1
    assert all(isinstance(each, RecordChangedMeanwhile | Receipt) for each in outcomes)
    assert application.commitment(COMMITMENT).version == 2


def test_sixteen_writers_on_one_commitment_all_get_their_turn(
    application: Application, url: str
) -> None:
    other = Ledger(url, pool_size=16)  # another process, as far as the database knows
    several = [application, Application(other, today=lambda: TODAY)]

    def write(number: int) -> dict[str, Receipt]:
        found = {}
        for turn in range(4):
            key = f"writer {number}, turn {turn}"
            command = ask(c.DeclareProgress, note=key)
            each = Act(key, COMMITMENT, command, OWNER)
            found[key] = submit(several[number % 2], each)
        return found

    acknowledged: dict[str, Receipt] = {}
    for found in at_once(16, write):
        acknowledged |= found
    other.close()
    assert len(acknowledged) == 64
    assert not any(receipt.repeated for receipt in acknowledged.values())
    check(url, acknowledged)
    assert stream_of(url, COMMITMENT) == list(range(1, 66))
    counted = notes(url)
    assert all(counted[key] == 1 for key in acknowledged)


@pytest.mark.parametrize("each", [LIFE[7], LIFE[0], LIFE[15]], ids=lambda each: verb(each.command))
def test_a_command_sent_ten_times_at_once_records_one_event(
    application: Application, url: str, each: Act
) -> None:
    before = head(application)
    receipts = at_once(10, lambda number: submit(application, each))
    assert {(receipt.first, receipt.last) for receipt in receipts} == {(before + 1, before + 1)}
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert head(application) == before + 1


def test_a_beginning_sent_ten_times_at_once_begins_one_record(application: Application) -> None:
    before = head(application)
    each = act("new", None, c.MakeCommitment, SECRETARIAT, **PROMISE)
    receipts = at_once(10, lambda number: submit(application, each))
    assert {(receipt.first, receipt.last) for receipt in receipts} == {(before + 1, before + 1)}
    assert application.commitment(identity("new")).reference == "2024-002"


def test_ten_who_want_one_reference_at_once_are_one_owner_and_nine_refusals(
    application: Application,
) -> None:
    each = act("", None, c.MakeCommitment, SECRETARIAT, **PROMISE)
    outcomes = at_once(10, lambda number: submit(application, each, key=f"clerk {number}"))
    assert sum(isinstance(each, Receipt) for each in outcomes) == 1
    assert sum(isinstance(each, ReferenceTaken) for each in outcomes) == 9


# ---- text that is not what it seems


@pytest.mark.parametrize(
    "note",
    ["", "  \u200b ", "Retourné\u202e", "nul\0", "\ud800", "x" * 1_000_000, "e" + "\u0301" * 40],
    ids=["empty", "blank", "reversed", "nul", "half a character", "a megabyte", "a pile"],
)
def test_unreadable_text_is_refused_and_nothing_is_half_written(
    application: Application, note: str
) -> None:
    before = head(application)
    each = LIFE[7]._replace(command=ask(c.DeclareProgress, note=note))
    with pytest.raises(Refusal) as refused:
        submit(application, each)
    assert refused.value.sentence("fr")
    assert head(application) == before


@pytest.mark.parametrize("note", ["<script>", "%s {x} '\"\\", "ߒߞߏ", "الوعد", "🗳️\nDeux lignes"])
def test_any_other_text_comes_back_as_it_was_written(
    application: Application, url: str, note: str
) -> None:
    submit(application, LIFE[7]._replace(command=ask(c.DeclareProgress, note=note)))
    assert notes(url)[note] == 1


def test_statements_are_kept_in_their_languages(application: Application) -> None:
    wording = Wording(fr="Publier.", en="Publish.")
    command = ask(c.MakeCommitment, **PROMISE, statement=wording)
    submit(application, Act("worded", None, command, SECRETARIAT))
    assert application.commitment(identity("worded")).statement == wording


def test_a_key_of_any_length_a_browser_can_send_is_a_key(application: Application) -> None:
    before = head(application)
    for key in ("x", "é" * 200, str(uuid4())):
        submit(application, LIFE[7], key=key)
    assert head(application) == before + 3


def test_the_reply_period_is_a_setting(application: Application) -> None:
    assert isinstance(application.ledger, Ledger)
    patient = Application(application.ledger, today=lambda: TODAY, reply_days=30)
    submit(patient, LIFE[8])
    (assessment,) = application.commitment(COMMITMENT).assessments
    assert (assessment.reply_expected_on - TODAY).days == 30
