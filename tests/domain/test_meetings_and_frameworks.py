"""Frameworks, their members, and their meetings: recorded by the secretariat for all of them."""

from datetime import date, timedelta

import pytest

from domain import commands as c
from domain import events as e
from domain import refusals as r
from domain.framework import Framework
from domain.values import Author, StakeholderKind, Topic, Wording
from tests.domain.acts import ask
from tests.domain.cast import (
    COMMISSION,
    FRAMEWORK,
    MADE_ON,
    NETWORK,
    OBSERVATORY,
    REGISTER,
    REPORT,
    SCAN,
    SECRETARIAT,
    TODAY,
    YOUTH,
)
from tests.domain.storytelling import given, happened

established = happened(
    e.FrameworkEstablished,
    SECRETARIAT,
    MADE_ON,
    slug="cadre",
    name=REGISTER,
    description=REGISTER,
)
held = happened(
    e.MeetingHeld,
    SECRETARIAT,
    MADE_ON,
    framework=FRAMEWORK,
    slug="reunion",
    title=REGISTER,
    venue="Kéléya",
    attendance=(),
)
SITUATIONS: dict[type[c.Command], list[e.Recorded]] = {
    c.EstablishFramework: [],
    c.AdmitStakeholder: [established],
    c.RegisterStakeholder: [],
    c.HoldMeeting: [],
    c.DiscussTopic: [held],
    c.PublishMinutes: [held],
}
every_act = pytest.mark.parametrize("kind", SITUATIONS)


@every_act
def test_the_secretariat_records_it(kind: type[c.Command]) -> None:
    assert given(*SITUATIONS[kind]).when(ask(kind), by=SECRETARIAT).event is not None


@every_act
@pytest.mark.parametrize("by", [COMMISSION, OBSERVATORY])
def test_nobody_else_records_it(kind: type[c.Command], by: Author) -> None:
    given(*SITUATIONS[kind]).when(ask(kind), by=by).refused(
        r.NotTheSecretariat,
        fr="Seul le secrétariat du cadre de concertation peut faire cela. Adressez-lui votre "
        "demande.",
        en="Only the secretariat of the consultation framework can do this. Send it your request.",
    )


@every_act
def test_it_does_not_happen_tomorrow(kind: type[c.Command]) -> None:
    tomorrow = TODAY + timedelta(days=1)
    outcome = given(*SITUATIONS[kind]).when(ask(kind, tomorrow), by=SECRETARIAT)
    assert isinstance(outcome.refusal, r.OccurredInFuture)


@every_act
def test_it_did_not_happen_in_an_impossible_year(kind: type[c.Command]) -> None:
    outcome = given(*SITUATIONS[kind]).when(ask(kind, date(24, 7, 16)), by=SECRETARIAT)
    assert isinstance(outcome.refusal, r.DateImplausible)


def test_a_framework_is_established_with_a_name_and_what_it_is_for() -> None:
    establish = ask(
        c.EstablishFramework,
        slug="cadre-de-kelea",
        name=Wording(fr="Cadre de concertation"),
        description=Wording(fr="Données d'exercice."),
        exercise=True,
    )
    story = given().when(establish, by=SECRETARIAT)
    state = story.therefore(
        e.FrameworkEstablished,
        slug="cadre-de-kelea",
        name=Wording(fr="Cadre de concertation"),
        description=Wording(fr="Données d'exercice."),
        exercise=True,
    ).state
    assert (state.exercise, state.members) == (True, ())


def test_stakeholders_are_admitted_one_by_one() -> None:
    story = given(established)
    for by in (COMMISSION, YOUTH):
        admit = ask(c.AdmitStakeholder, stakeholder=by.organisation)
        story = story.when(admit, by=SECRETARIAT).therefore(
            e.StakeholderAdmitted, stakeholder=by.organisation
        )
    assert isinstance(story.state, Framework)
    assert story.state.members == (COMMISSION.organisation, YOUTH.organisation)


def test_a_stakeholder_is_admitted_once() -> None:
    admitted = happened(
        e.StakeholderAdmitted, SECRETARIAT, MADE_ON, stakeholder=COMMISSION.organisation
    )
    given(established, admitted).when(ask(c.AdmitStakeholder), by=SECRETARIAT).refused(
        r.StakeholderAlreadyAdmitted,
        fr="Cette organisation fait déjà partie du cadre de concertation. Il n'y a rien d'autre à "
        "faire.",
        en="This organisation is already part of the consultation framework. There is nothing "
        "more to do.",
    )


@pytest.mark.parametrize("kind", StakeholderKind)
def test_organisations_of_every_kind_are_registered(kind: StakeholderKind) -> None:
    register = ask(c.RegisterStakeholder, kind=kind, short_name="  CEK ")
    story = given().when(register, by=SECRETARIAT)
    state = story.therefore(e.StakeholderRegistered, kind=kind, short_name="CEK").state
    assert (state.slug, state.kind) == ("cek", kind)


def test_a_short_name_is_short() -> None:
    register = ask(c.RegisterStakeholder, short_name="Commission électorale de Kéléya, fictive")
    given().when(register, by=SECRETARIAT).therefore(e.StakeholderRegistered)
    register = ask(c.RegisterStakeholder, short_name="a" * 41)
    given().when(register, by=SECRETARIAT).refused(
        r.TextTooLong,
        fr="Le nom court compte 41 caractères, pour 40 au plus. Raccourcissez le texte.",
        en="The short name has 41 characters and may have 40 at most. Shorten the text.",
    )


def test_a_meeting_says_where_it_was_who_came_and_what_it_rests_on() -> None:
    hold = ask(
        c.HoldMeeting,
        MADE_ON,
        attendance=(COMMISSION.organisation, NETWORK.organisation, COMMISSION.organisation),
        summary=Wording(fr=" Un échange. "),
        attendance_note=Wording(fr="La presse était là."),
        source=REPORT,
    )
    story = given().when(hold, by=SECRETARIAT)
    state = story.therefore(
        e.MeetingHeld,
        framework=FRAMEWORK,
        venue="Kéléya",
        attendance=(COMMISSION.organisation, NETWORK.organisation),
        summary=Wording(fr="Un échange."),
        attendance_note=Wording(fr="La presse était là."),
        source=REPORT,
    ).state
    assert (state.held_on, state.framework) == (MADE_ON, FRAMEWORK)


@pytest.mark.parametrize(
    ("changes", "fr", "en"),
    [
        ({"venue": " "}, "Le lieu", "The venue"),
        ({"title": Wording()}, "Le titre", "The title"),
        ({"summary": Wording()}, "Le résumé", "The summary"),
        ({"attendance_note": Wording()}, "La note", "The note"),
    ],
)
def test_what_a_meeting_says_is_not_empty(changes: dict[str, object], fr: str, en: str) -> None:
    given().when(ask(c.HoldMeeting, **changes), by=SECRETARIAT).refused(
        r.TextEmpty,
        fr=f"{fr} est vide. Écrivez au moins quelques mots.",
        en=f"{en} is empty. Write at least a few words.",
    )


@pytest.mark.parametrize(
    ("changes", "fr", "en"),
    [
        ({"name": Wording()}, "Le nom", "The name"),
        ({"description": Wording()}, "La description", "The description"),
    ],
)
def test_what_a_framework_says_is_not_empty(changes: dict[str, object], fr: str, en: str) -> None:
    given().when(ask(c.EstablishFramework, **changes), by=SECRETARIAT).refused(
        r.TextEmpty,
        fr=f"{fr} est vide. Écrivez au moins quelques mots.",
        en=f"{en} is empty. Write at least a few words.",
    )


@pytest.mark.parametrize("kind", [c.EstablishFramework, c.RegisterStakeholder, c.HoldMeeting])
def test_what_gets_an_address_has_a_plain_name_for_it(kind: type[c.Command]) -> None:
    given().when(ask(kind, slug="Réunion/2024"), by=SECRETARIAT).refused(
        r.SlugMalformed,
        fr="« Réunion/2024 » ne peut pas servir d'adresse. N'employez que des lettres sans accent, "
        "des chiffres et des traits d'union, 80 signes au plus.",
        en="“Réunion/2024” cannot be used in an address. Use only plain lower-case letters, digits "
        "and hyphens, 80 at most.",
    )


def test_a_topic_is_discussed_even_when_nobody_promised_anything_about_it() -> None:
    topic = Topic("loi-electorale", Wording(fr="La nouvelle loi électorale"))
    story = given(held).when(ask(c.DiscussTopic, topic=topic), by=SECRETARIAT)
    state = story.therefore(e.TopicDiscussed, framework=FRAMEWORK, topic=topic).state
    assert state.topics == (topic,)


def test_a_topic_is_recorded_once_for_a_meeting() -> None:
    discussed = happened(
        e.TopicDiscussed,
        SECRETARIAT,
        MADE_ON,
        framework=FRAMEWORK,
        topic=Topic("fichier", Wording(fr="Le fichier électoral")),
    )
    given(held, discussed).when(ask(c.DiscussTopic), by=SECRETARIAT).refused(
        r.TopicAlreadyDiscussed,
        fr="Ce thème est déjà inscrit à cette réunion. Choisissez-le dans la liste.",
        en="This topic is already recorded for this meeting. Choose it from the list.",
    )


def test_a_topic_has_a_title() -> None:
    topic = Topic("loi", Wording())
    outcome = given(held).when(ask(c.DiscussTopic, topic=topic), by=SECRETARIAT)
    assert isinstance(outcome.refusal, r.TextEmpty)


def test_minutes_are_published_as_evidence_and_may_be_published_again() -> None:
    outcome = given(held).when(ask(c.PublishMinutes), by=SECRETARIAT)
    story = outcome.therefore(e.MinutesPublished, minutes=SCAN)
    story.when(ask(c.PublishMinutes, minutes=REPORT), by=SECRETARIAT).therefore(
        e.MinutesPublished, minutes=REPORT
    )
