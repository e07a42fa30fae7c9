"""The columns of the downloads. The page that documents them and both formats read this table."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from msgspec import Struct

from domain import policies
from domain.values import Wording
from projections.board import BoardRow
from web.addresses import address
from web.visit import Visit
from web.words import word


class Commitment:
    """One commitment of a download, with what its columns ask more than once."""

    def __init__(self, row: BoardRow, visit: Visit) -> None:
        self.row, self.visit = row, visit
        self.state = row.commitment
        self.day = visit.moment.day
        self.board = policies.board_status(row.commitment)
        self.framework = visit.directory.frameworks[row.commitment.framework]

    def address(self, name: str, **values: str) -> str:
        values["reference"] = self.state.reference
        return self.visit.public_url.rstrip("/") + address(name, self.visit.language, values)

    def names(self, organisations: tuple[Any, ...]) -> list[str]:
        known = self.visit.directory.stakeholders
        return [known[each].short_name if each in known else str(each) for each in organisations]


class Column(Struct, frozen=True):
    """`value` gives text, a whole number, a boolean, a date, None, or a list."""

    name: str
    fr: str
    en: str
    value: Callable[[Commitment], Any]


def _meeting(each: Commitment) -> str | None:
    meeting = each.state.meeting
    return each.visit.directory.meetings[meeting].slug if meeting is not None else None


def _text(wording: Wording | None, language: str) -> str | None:
    return (getattr(wording, language) or None) if wording is not None else None


def _due_event(each: Commitment) -> str | None:
    event = each.state.due.event
    return event.in_language(each.visit.language)[0] if event is not None else None


def _assessments(each: Commitment) -> list[dict[str, str]]:
    return [
        {
            "assessor": each.names((assessment.assessor,))[0],
            "status": assessment.status.value,
            "on": assessment.on.isoformat(),
        }
        for assessment in policies.current_assessments(each.state)
    ]


COLUMNS = (
    Column("reference", "Référence publique.", "Public reference.", lambda c: c.state.reference),
    Column(
        "address",
        "Adresse de la page, toujours à jour.",
        "Address of the page, always up to date.",
        lambda c: c.address("commitment"),
    ),
    Column(
        "permanent_address",
        "Adresse de la page telle que cette ligne la décrit ; elle ne change plus.",
        "Address of the page as this line describes it; it never changes.",
        lambda c: c.address("version", version=str(c.state.version)),
    ),
    Column(
        "framework",
        "Cadre de concertation, par son nom d'adresse.",
        "Consultation framework, by its name in addresses.",
        lambda c: c.framework.slug,
    ),
    Column("exercise", "Données fictives.", "Fictional data.", lambda c: c.framework.exercise),
    Column(
        "meeting",
        "Réunion où l'engagement a été pris, par son nom d'adresse.",
        "Meeting where the commitment was made, by its name in addresses.",
        _meeting,
    ),
    Column(
        "topics",
        "Thèmes, par leur nom d'adresse.",
        "Topics, by their names in addresses.",
        lambda c: list(c.state.topics),
    ),
    Column(
        "owners",
        "Porteurs : les organisations qui ont pris l'engagement.",
        "Owners: the organisations that made the commitment.",
        lambda c: c.names(c.state.owners),
    ),
    Column(
        "made_to",
        "Organisations envers lesquelles il est pris.",
        "Organisations it was made to.",
        lambda c: c.names(c.state.made_to),
    ),
    Column("made_on", "Jour où il a été pris.", "Day it was made.", lambda c: c.state.made_on),
    Column(
        "statement_fr",
        "Ce qui a été promis, en français.",
        "What was promised, in French.",
        lambda c: _text(c.state.statement, "fr"),
    ),
    Column(
        "statement_en",
        "Ce qui a été promis, en anglais.",
        "What was promised, in English.",
        lambda c: _text(c.state.statement, "en"),
    ),
    Column(
        "measurable",
        "Faux pour un engagement non mesurable, compté à part.",
        "False for a commitment that is not measurable, counted apart.",
        lambda c: c.state.measure.measurable,
    ),
    Column(
        "criterion_fr",
        "À quoi l'on verra qu'il est tenu, en français.",
        "How one will see that it is kept, in French.",
        lambda c: _text(c.state.measure.criterion, "fr"),
    ),
    Column(
        "criterion_en",
        "À quoi l'on verra qu'il est tenu, en anglais.",
        "How one will see that it is kept, in English.",
        lambda c: _text(c.state.measure.criterion, "en"),
    ),
    Column(
        "due_kind",
        "Échéance : fixed (une date), event (un événement) ou open (sans date).",
        "When it is due: fixed (a date), event (an event) or open (no date).",
        lambda c: c.state.due.kind.value,
    ),
    Column("due_on", "Date d'échéance.", "Due date.", lambda c: c.state.due.on),
    Column(
        "due_event",
        "Événement dont dépend l'échéance.",
        "Event the due date depends on.",
        _due_event,
    ),
    Column(
        "times_postponed",
        "Combien de fois l'échéance a été repoussée.",
        "How many times the due date was postponed.",
        lambda c: c.state.times_postponed,
    ),
    Column(
        "acknowledged",
        "Vrai si le porteur a reconnu l'engagement.",
        "True when the owner has acknowledged the commitment.",
        lambda c: c.state.acknowledged,
    ),
    Column(
        "attribution_disputed",
        "Vrai tant que le porteur conteste que l'engagement soit le sien.",
        "True while the owner disputes that the commitment is its own.",
        lambda c: c.state.disputed_by is not None,
    ),
    Column(
        "board_status",
        "Statut au tableau : un statut de l'échelle, divergent, withdrawn ou unknown.",
        "Status on the board: one of the scale, divergent, withdrawn or unknown.",
        lambda c: c.board.standing.value,
    ),
    Column(
        "board_status_words",
        "Le même, en toutes lettres.",
        "The same, in words.",
        lambda c: word(c.board.standing, c.visit.language),
    ),
    Column(
        "basis",
        "Sur la parole de qui : assessed (évalué), declared (déclaré, non vérifié), nobody.",
        "On whose word: assessed, declared (not verified), nobody.",
        lambda c: c.board.basis.value,
    ),
    Column(
        "assessors",
        "Nombre d'organisations dont l'évaluation compte.",
        "Number of organisations whose assessment counts.",
        lambda c: c.board.assessors,
    ),
    Column(
        "declared_status",
        "Dernier statut déclaré par le porteur.",
        "Last status declared by the owner.",
        lambda c: c.state.declared and c.state.declared.status,
    ),
    Column(
        "declared_on",
        "Jour dont parle cette déclaration.",
        "Day that declaration speaks of.",
        lambda c: c.state.declared and c.state.declared.on,
    ),
    Column(
        "assessments",
        "Dernière évaluation de chaque organisation : qui, quel statut, quel jour.",
        "Latest assessment of each organisation: who, which status, which day.",
        _assessments,
    ),
    Column(
        "overdue",
        "Vrai si l'échéance est passée et que l'engagement n'est ni conclu ni retiré.",
        "True when the due date has passed and the commitment is neither concluded nor withdrawn.",
        lambda c: policies.is_overdue(c.state, c.day),
    ),
    Column(
        "fulfilled_late",
        "Vrai s'il a été tenu après l'échéance.",
        "True when it was fulfilled after the due date.",
        lambda c: policies.is_fulfilled_late(c.state),
    ),
    Column(
        "days_of_silence",
        "Jours depuis les dernières nouvelles du porteur ; 0 si plus rien n'est attendu.",
        "Days since the owner last gave news; 0 once nothing more is awaited.",
        lambda c: policies.days_of_silence(c.state, c.day),
    ),
    Column(
        "contested",
        "Vrai tant qu'une évaluation contestée n'est ni maintenue ni révisée.",
        "True while a challenged assessment is neither maintained nor revised.",
        lambda c: policies.is_contested(c.state),
    ),
    Column(
        "due_without_evidence",
        "Vrai si l'échéance est passée sans qu'aucune preuve ait été versée.",
        "True when the due date has passed and no evidence was added.",
        lambda c: policies.is_due_without_evidence(c.state, c.day),
    ),
    Column(
        "lanes_differ",
        "Vrai si une évaluation s'écarte de ce que déclare le porteur.",
        "True when an assessment differs from what the owner declares.",
        lambda c: policies.lanes_differ(c.state),
    ),
    Column(
        "milestones",
        "Nombre d'étapes prévues.",
        "Number of milestones planned.",
        lambda c: len(c.state.milestones),
    ),
    Column(
        "milestones_reached",
        "Nombre d'étapes que le porteur déclare atteintes.",
        "Number of milestones the owner declares reached.",
        lambda c: sum(each.reached_on is not None for each in c.state.milestones),
    ),
    Column(
        "evidence",
        "Nombre de preuves versées et non retirées.",
        "Number of pieces of evidence added and not withdrawn.",
        lambda c: sum(not each.withdrawn for each in c.state.evidence),
    ),
    Column(
        "withdrawn_on",
        "Jour où le porteur a retiré l'engagement.",
        "Day the owner withdrew the commitment.",
        lambda c: c.state.withdrawn_on,
    ),
    Column(
        "version",
        "Numéro du dernier événement de l'engagement.",
        "Number of the commitment's last event.",
        lambda c: c.state.version,
    ),
    Column(
        "position",
        "Position de cet événement dans le registre.",
        "Position of that event in the record.",
        lambda c: c.row.position,
    ),
    Column(
        "recorded_at",
        "Instant de son enregistrement, en UTC (l'heure de Bamako).",
        "Instant it was recorded, in UTC (the time in Bamako).",
        lambda c: c.row.changed_at.astimezone(UTC),
    ),
)
