"""The words of the interface, once, in both languages: pages, downloads and documents read them.

Each word is (français, English). Sentences belong to the templates.
"""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from domain import policies
from domain.commitment import Commitment
from domain.policies import Basis, Standing
from domain.values import (
    AttributionOutcome,
    Capacity,
    DueKind,
    EvidenceKind,
    StakeholderKind,
    Status,
)
from web import typesetting
from web.visit import Language


class Lane(StrEnum):
    """The two sides of every commitment; an empty one is said in words, never as a status."""

    declared = "declared"
    assessed = "assessed"


class Flag(StrEnum):
    """What is derived for the day asked and shown as a small outlined word."""

    disputed = "disputed"
    awaiting = "awaiting"
    overdue = "overdue"
    fulfilled_late = "fulfilled_late"
    no_evidence = "no_evidence"
    contested = "contested"
    divergent = "divergent"
    gap = "gap"
    silent = "silent"
    postponed = "postponed"
    not_measurable = "not_measurable"


class Raised(Struct, frozen=True):
    """A flag that a commitment carries; `n` is its number of days or of times, else 0."""

    flag: Flag
    n: int = 0

    @property
    def grave(self) -> bool:
        """Whether it is set apart from the others: somebody is owed an act or an answer."""
        return self.flag in (Flag.disputed, Flag.overdue, Flag.contested)


_STATUSES = {
    "not_started": ("Non commencé", "Not started"),
    "in_progress": ("En cours", "In progress"),
    "stalled": ("À l'arrêt", "Stalled"),
    "partially_fulfilled": ("Partiellement tenu", "Partially fulfilled"),
    "fulfilled": ("Tenu", "Fulfilled"),
    "not_fulfilled": ("Non tenu", "Not fulfilled"),
}

WORDS: dict[type[StrEnum], dict[str, tuple[str, str]]] = {
    Status: _STATUSES,
    Standing: _STATUSES
    | {
        "divergent": ("Évaluations divergentes", "Assessors disagree"),
        "withdrawn": ("Retiré", "Withdrawn"),
        "unknown": ("Pas encore évalué", "Not assessed yet"),
    },
    Basis: {
        "assessed": ("évalué", "assessed"),
        "declared": ("déclaré, non vérifié", "declared, not verified"),
        "nobody": ("personne ne s'est prononcé", "nobody has spoken yet"),
    },
    Lane: {
        "declared": ("Pas encore déclaré", "Not declared yet"),
        "assessed": ("Pas encore évalué", "Not assessed yet"),
    },
    StakeholderKind: {
        "emb": ("Autorité électorale", "Electoral authority"),
        "cso": ("Société civile", "Civil society"),
        "government": ("Gouvernement", "Government"),
        "party": ("Parti politique", "Political party"),
        "media": ("Média", "Media"),
        "observer": ("Observation électorale", "Election observation"),
        "partner": ("Partenaire", "Partner"),
    },
    Capacity: {
        "owner": ("porteur", "owner"),
        "assessor": ("évaluateur", "assessor"),
        "secretariat": ("secrétariat", "secretariat"),
    },
    AttributionOutcome: {
        "confirmed": ("attribution confirmée", "attribution confirmed"),
        "reassigned": ("engagement réattribué", "commitment reassigned"),
    },
    DueKind: {
        "fixed": ("à une date", "on a date"),
        "event": ("liée à un événement", "tied to an event"),
        "open": ("sans date", "no date"),
    },
    EvidenceKind: {"document": ("document", "document"), "link": ("lien", "link")},
}

SWITCHES = {
    "late": ("En retard", "Overdue"),
    "silent": ("Sans nouvelles depuis 90 jours", "No news for 90 days"),
    "contested": ("Contesté", "Contested"),
}
"""The board's filters that are on or off, by the name of their parameter."""

UNREGISTERED = ("organisation pas encore enregistrée", "organisation not registered yet")
"""For an organisation that an event names before the record registers it."""

_ONE, _MANY = 0, 1
FLAGS: dict[Flag, tuple[tuple[str, str], tuple[str, str]]] = {
    Flag.disputed: (("Attribution contestée",) * 2, ("Attribution disputed",) * 2),
    Flag.awaiting: (
        ("En attente de reconnaissance par le porteur",) * 2,
        ("Awaiting the owner's acknowledgement",) * 2,
    ),
    Flag.overdue: (("En retard",) * 2, ("Overdue",) * 2),
    Flag.fulfilled_late: (("Tenu hors délai",) * 2, ("Fulfilled late",) * 2),
    Flag.no_evidence: (("Échu sans preuve",) * 2, ("Due without evidence",) * 2),
    Flag.contested: (("Contesté",) * 2, ("Contested",) * 2),
    Flag.divergent: (("Évaluations divergentes",) * 2, ("Assessors disagree",) * 2),
    Flag.gap: (("Écart",) * 2, ("Gap",) * 2),
    Flag.silent: (
        ("Sans nouvelles depuis {n} jour", "Sans nouvelles depuis {n} jours"),
        ("No news for {n} day", "No news for {n} days"),
    ),
    Flag.postponed: (
        ("Échéance repoussée {n} fois",) * 2,
        ("Due date postponed once", "Due date postponed {n} times"),
    ),
    Flag.not_measurable: (("Non mesurable",) * 2, ("Not measurable",) * 2),
}
"""For each flag: French for one and for several, English for one and for several."""

_SHORT = {
    Flag.awaiting: (("En attente de reconnaissance",) * 2, ("Awaiting acknowledgement",) * 2),
    Flag.postponed: (("Repoussée {n} fois",) * 2, ("Postponed once", "Postponed {n} times")),
}
"""The same where the due date and the owner stand beside them."""


def word(value: StrEnum, language: Language) -> str:
    """The interface's word for a member of one of the scales above."""
    french, english = WORDS[type(value)][value.value]
    return typesetting.typeset(french if language == "fr" else english, language)


def switch_words(name: str, language: Language) -> str:
    return SWITCHES[name][0 if language == "fr" else 1]


def flag_words(raised: Raised, language: Language, short: bool = False) -> str:
    french, english = (short and _SHORT.get(raised.flag)) or FLAGS[raised.flag]
    # French counts zero and one as singular, English only one; a flag never counts zero.
    form = _ONE if raised.n <= 1 else _MANY
    text = (french if language == "fr" else english)[form]
    return typesetting.typeset(text.format(n=typesetting.number(raised.n, language)), language)


def flags(commitment: Commitment, day: date) -> tuple[Raised, ...]:
    """What the board flags on `day`, the gravest first.

    Disagreement of assessors is left out: the status beside it already says so.
    """
    # Asked of every row of every board: a rule is only looked at where its dates leave it open.
    kept = commitment.declared_fulfilled_on is not None or commitment.assessments
    dated = policies.due_on(commitment) is not None
    quiet = commitment.last_news_on <= policies.silent_since(day)
    tests = (
        (Flag.disputed, commitment.disputed_by is not None),
        (Flag.awaiting, policies.is_awaiting_acknowledgement(commitment)),
        (Flag.overdue, policies.is_overdue(commitment, day)),
        (Flag.fulfilled_late, bool(dated and kept) and policies.is_fulfilled_late(commitment)),
        (Flag.no_evidence, policies.is_due_without_evidence(commitment, day)),
        (Flag.contested, policies.is_contested(commitment)),
        (Flag.gap, bool(commitment.assessments) and policies.lanes_differ(commitment)),
        (Flag.not_measurable, not commitment.measure.measurable),
    )
    found = [Raised(flag) for flag, holds in tests if holds]
    if quiet and policies.is_silent(commitment, day):
        found.append(Raised(Flag.silent, policies.days_of_silence(commitment, day)))
    if commitment.times_postponed:
        found.append(Raised(Flag.postponed, commitment.times_postponed))
    return tuple(found)


def fact_writer(language: Language) -> Callable[[object], str]:
    """How a fact of a refusal is put into its sentence: see domain.refusals.Refusal.sentence."""

    def write(fact: object) -> str:
        if isinstance(fact, StrEnum) and type(fact) in WORDS:
            return word(fact, language)
        if isinstance(fact, datetime):
            return typesetting.instant(fact, language)
        if isinstance(fact, date):
            return typesetting.day(fact, language)
        if isinstance(fact, int) and not isinstance(fact, bool):
            return typesetting.number(fact, language)
        return str(fact)

    return write
