"""What every act keeps, whichever it is: days that can be (rule 6) and text that can be read."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from domain import commands as c
from domain import refusals as r
from domain.values import Author, Evidence, Wording
from tests.domain.acts import EXAMPLES, ask
from tests.domain.cast import COMMISSION, MADE_ON, OBSERVATORY, REPORT, SCAN, SECRETARIAT, TODAY
from tests.domain.situations import before, parties
from tests.domain.storytelling import Outcome, given

ELSEWHERE = {
    c.EstablishFramework,
    c.AdmitStakeholder,
    c.RegisterStakeholder,
    c.HoldMeeting,
    c.DiscussTopic,
    c.PublishMinutes,
}
ACTS = [kind for kind in EXAMPLES if kind not in ELSEWHERE]
PARTY = parties(COMMISSION, OBSERVATORY)
ACTORS: dict[type[c.Command], Author] = {
    c.SettleAttribution: SECRETARIAT,
    c.AssessProgress: OBSERVATORY,
    c.MaintainAssessment: OBSERVATORY,
    c.ReviseAssessment: OBSERVATORY,
    c.WithdrawEvidence: OBSERVATORY,
}
every_act = pytest.mark.parametrize("kind", ACTS)
BAD = "Un texte \u202eretourné"


def _tried(kind: type[c.Command], day: date = TODAY, /, **changes: Any) -> Outcome:
    story = given(*before(kind, PARTY))
    return story.when(ask(kind, day, **changes), by=ACTORS.get(kind, COMMISSION))


def test_there_is_an_example_of_every_command() -> None:
    assert set(EXAMPLES) == set(c.Command.__subclasses__())


@every_act
def test_the_example_of_each_act_is_accepted(kind: type[c.Command]) -> None:
    assert _tried(kind).event is not None


@every_act
def test_nothing_happens_tomorrow(kind: type[c.Command]) -> None:
    assert isinstance(_tried(kind, TODAY + timedelta(days=1)).refusal, r.OccurredInFuture)


@every_act
def test_nothing_happened_before_the_commitment(kind: type[c.Command]) -> None:
    if kind is c.MakeCommitment:
        assert _tried(kind, date(1990, 1, 1)).event is not None
    else:
        refusal = _tried(kind, MADE_ON - timedelta(days=1)).refusal
        assert isinstance(refusal, r.OccurredBeforeCommitment)


TEXTS = [
    (kind, name)
    for kind in ACTS
    for name, value in structs.asdict(EXAMPLES[kind]).items()
    if (type(value) is str and name != "reference") or isinstance(value, Wording)
]


def _in_place_of(kind: type[c.Command], name: str, text: str) -> str | Wording:
    return Wording(en=text) if isinstance(getattr(EXAMPLES[kind], name), Wording) else text


@pytest.mark.parametrize(("kind", "name"), TEXTS)
def test_no_text_can_be_turned_around_when_displayed(kind: type[c.Command], name: str) -> None:
    outcome = _tried(kind, TODAY, **{name: _in_place_of(kind, name, BAD)})
    assert isinstance(outcome.refusal, r.TextUnprintable)


@pytest.mark.parametrize(("kind", "name"), TEXTS)
def test_no_text_is_a_megabyte_long(kind: type[c.Command], name: str) -> None:
    outcome = _tried(kind, TODAY, **{name: _in_place_of(kind, name, "a" * 1_000_000)})
    assert isinstance(outcome.refusal, r.TextTooLong)


WITH_EVIDENCE = [kind for kind in ACTS if "evidence" in kind.__struct_fields__]


@pytest.mark.parametrize("kind", WITH_EVIDENCE)
def test_no_evidence_comes_by_an_unsafe_link(kind: type[c.Command]) -> None:
    unsafe = structs.replace(REPORT, url="javascript:alert(1)")
    given_as: Evidence | tuple[Evidence, ...] = (
        unsafe if kind is c.AddEvidence else (REPORT, unsafe)
    )
    _tried(kind, evidence=given_as).refused(
        r.LinkUnsafe,
        fr="Ce lien n'est pas une adresse web complète. Copiez l'adresse entière, qui commence par "
        "https:// ou http://.",
        en="This link is not a complete web address. Copy the whole address, starting with "
        "https:// or http://.",
    )


@pytest.mark.parametrize("kind", WITH_EVIDENCE)
def test_no_document_comes_without_its_digest(kind: type[c.Command]) -> None:
    nameless = structs.replace(SCAN, sha256="")
    given_as: Evidence | tuple[Evidence, ...] = nameless if kind is c.AddEvidence else (nameless,)
    _tried(kind, evidence=given_as).refused(
        r.EvidenceUnidentified,
        fr="Ce document n'a pas d'empreinte SHA-256 valable. Téléversez-le de nouveau.",
        en="This document has no valid SHA-256 digest. Upload it again.",
    )


def test_the_sentence_about_an_invisible_character_names_it() -> None:
    _tried(c.WithdrawCommitment, reason=BAD).refused(
        r.TextUnprintable,
        fr="Le motif contient un caractère invisible (U+202E) qui pourrait changer ce que l'on "
        "lit. Effacez-le, ou saisissez de nouveau le texte.",
        en="The reason contains an invisible character (U+202E) that could change what is read. "
        "Delete it, or type the text again.",
    )
