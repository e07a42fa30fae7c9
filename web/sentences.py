"""Every event as one plain sentence, in both languages, for histories and the journal.

French names an organisation in apposition to its capacity (« Le porteur, CEK, a … »), because the
article and the elision that its name would need cannot be known. A test fails when an event has no
sentence.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from domain.values import (
    AttributionOutcome,
    Capacity,
    Due,
    DueKind,
    Evidence,
    StakeholderKind,
    Status,
    Topic,
    Wording,
)
from web.directory import Directory
from web.typesetting import WIDE, day, number, typeset
from web.visit import Language
from web.words import word


class Sentence(Struct, frozen=True):
    """`text` is ours; `said`, if any, is what the organisation wrote, under `label` (« Motif »)."""

    text: str
    label: str = ""
    said: str = ""


class _Form(Struct, frozen=True):
    fr: str
    en: str
    said: str = ""


_LABELS = {
    "reason": ("Motif", "Reason"),
    "note": ("Note", "Note"),
    "rationale": ("Justification", "Rationale"),
    "text": ("Réponse", "Reply"),
}

SENTENCES: dict[str, _Form] = {
    "FrameworkEstablished": _Form(
        "{who} a enregistré un cadre de concertation : « {name} ».",
        "{who} recorded a consultation framework: “{name}”.",
    ),
    "StakeholderAdmitted": _Form(
        "{who} a inscrit {stakeholder} parmi les membres d'un cadre : « {subject} ».",
        "{who} admitted {stakeholder} to a framework: “{subject}”.",
    ),
    "StakeholderRegistered": _Form(
        "{who} a enregistré une organisation : « {name} » ({short_name}, {kind}).",
        "{who} registered an organisation: “{name}” ({short_name}, {kind}).",
    ),
    "MeetingHeld": _Form(
        "{who} a enregistré une réunion tenue le {occurred_on} : « {title} » (lieu : {venue}).",
        "{who} recorded a meeting held on {occurred_on}: “{title}” (venue: {venue}).",
    ),
    "TopicDiscussed": _Form(
        "{who} a inscrit un thème, « {topic} », à une réunion : « {subject} ».",
        "{who} entered a topic, “{topic}”, for a meeting: “{subject}”.",
    ),
    "MinutesPublished": _Form(
        "{who} a publié le compte rendu d'une réunion, « {subject} » : « {minutes} ».",
        "{who} published the minutes of a meeting, “{subject}”: “{minutes}”.",
    ),
    "CommitmentMade by its owner": _Form(
        "{who} a pris l'engagement {reference} : « {statement} » Échéance : {due}.",
        "{who} made commitment {reference}: “{statement}” Due: {due}.",
    ),
    "CommitmentMade": _Form(
        "{who} a enregistré l'engagement {reference}, porté par {owners} : « {statement} » "
        "Échéance : {due}.",
        "{who} recorded commitment {reference}, owned by {owners}: “{statement}” Due: {due}.",
    ),
    "CommitmentAcknowledged": _Form("{who} a reconnu {the}.", "{who} acknowledged {the}."),
    "AttributionDisputed": _Form(
        "{who} a contesté que {the} lui soit attribué.",
        "{who} disputed that {the} is its own.",
        "reason",
    ),
    "AttributionSettled confirmed": _Form(
        "{who} a tranché : {the} reste attribué à {owners}.",
        "{who} settled the dispute: {the} stays with {owners}.",
        "reason",
    ),
    "AttributionSettled": _Form(
        "{who} a tranché : {the} est désormais attribué à {owners}.",
        "{who} settled the dispute: {the} is now attributed to {owners}.",
        "reason",
    ),
    "WordingCorrected": _Form(
        "{who} a corrigé la rédaction {of}.", "{who} corrected the wording of {the}.", "reason"
    ),
    "DueDateSet to a date": _Form(
        "{who} a fixé l'échéance {of} au {due}.", "{who} set the due date of {the} to {due}."
    ),
    "DueDateSet": _Form(
        "{who} a précisé l'échéance {of} : {due}.", "{who} stated when {the} is due: {due}."
    ),
    "DueDateMoved to a date": _Form(
        "{who} a déplacé l'échéance {of} du {previous} au {due}.",
        "{who} moved the due date of {the} from {previous} to {due}.",
        "reason",
    ),
    "DueDateMoved": _Form(
        "{who} a changé l'échéance {of}. Précédemment : {previous} ; désormais : {due}.",
        "{who} changed when {the} is due. Before: {previous}; now: {due}.",
        "reason",
    ),
    "MilestonePlanned by a date": _Form(
        "{who} a prévu l'étape {milestone} {of} : « {title} », pour le {due_on}.",
        "{who} planned milestone {milestone} of {the}: “{title}”, for {due_on}.",
    ),
    "MilestonePlanned": _Form(
        "{who} a prévu l'étape {milestone} {of} : « {title} ».",
        "{who} planned milestone {milestone} of {the}: “{title}”.",
    ),
    "MilestoneReached": _Form(
        "{who} a déclaré atteinte l'étape {milestone} {of}.",
        "{who} declared milestone {milestone} of {the} reached.",
    ),
    "ProgressDeclared": _Form(
        "{who} a déclaré {the} « {status} ».", "{who} declared {the} “{status}”.", "note"
    ),
    "ProgressAssessed": _Form(
        "{who} a évalué {the} : « {status} » (évaluation n° {assessment}). Réponse du porteur "
        "attendue au plus tard le {reply_expected_on}.",
        "{who} assessed {the}: “{status}” (assessment no. {assessment}). The owner's reply is "
        "expected by {reply_expected_on}.",
        "rationale",
    ),
    "AssessmentChallenged": _Form(
        "{who} a contesté l'évaluation n° {assessment} {of}.",
        "{who} challenged assessment no. {assessment} of {the}.",
        "reason",
    ),
    "AssessmentMaintained": _Form(
        "{who} a maintenu l'évaluation n° {assessment} {of}.",
        "{who} maintained assessment no. {assessment} of {the}.",
        "reason",
    ),
    "AssessmentRevised": _Form(
        "{who} a révisé l'évaluation n° {assessment} {of} : « {status} ». Réponse du porteur "
        "attendue au plus tard le {reply_expected_on}.",
        "{who} revised assessment no. {assessment} of {the} to “{status}”. The owner's reply is "
        "expected by {reply_expected_on}.",
        "rationale",
    ),
    "ReplyPublished": _Form(
        "{who} a répondu à l'évaluation n° {assessment} {of}.",
        "{who} replied to assessment no. {assessment} of {the}.",
        "text",
    ),
    "EvidenceAdded": _Form(
        "{who} a versé au dossier {of} la preuve n° {number} : « {evidence} ».",
        "{who} added evidence no. {number} to the file of {the}: “{evidence}”.",
        "note",
    ),
    "EvidenceWithdrawn": _Form(
        "{who} a retiré la preuve n° {number} du dossier {of}.",
        "{who} withdrew evidence no. {number} from the file of {the}.",
        "reason",
    ),
    "CommitmentWithdrawn": _Form("{who} a retiré {the}.", "{who} withdrew {the}.", "reason"),
}
"""By the event's class, and by what tells two sentences of one class apart."""

LATE_RECORDING_DAYS = 30
"""A longer gap between a fact and its recording is shown (rule 6)."""

_CAPACITIES = {
    Capacity.owner: "Le porteur, {name},",
    Capacity.assessor: "L'évaluateur, {name},",
    Capacity.secretariat: "Le secrétariat, {name},",
}


class Writer:
    """Puts events into words. `reference` names their commitment where the page does not."""

    def __init__(
        self, directory: Directory, language: Language, reference: str | None = None
    ) -> None:
        self._directory, self._language = directory, language
        named = f"l'engagement {reference}" if language == "fr" else f"commitment {reference}"
        alone = "l'engagement" if language == "fr" else "the commitment"
        self._the = named if reference else alone
        self._writers: dict[type, Callable[[Any], str]] = {
            UUID: self.organisation,
            date: lambda on: day(on, language),
            Due: self.due,
            Status: lambda status: word(status, language),
            StakeholderKind: lambda kind: word(kind, language).lower(),
            Wording: lambda wording: wording.in_language(language)[0],
            Topic: lambda topic: topic.title.in_language(language)[0],
            Evidence: lambda piece: piece.title,
        }

    def sentence(self, event: Any) -> Sentence:
        form = SENTENCES[_form(event)]
        template = form.fr if self._language == "fr" else form.en
        template = template.replace("n° ", f"n°{WIDE}").replace("no. ", f"no.{WIDE}")
        said = getattr(event, form.said) if form.said else ""
        return Sentence(
            typeset(template.format_map(self._facts(event)), self._language)
            + self._attached(getattr(event, "evidence", ())),
            _LABELS[form.said][0 if self._language == "fr" else 1] if said else "",
            said,
        )

    def organisation(self, id: UUID) -> str:
        known = self._directory.stakeholders.get(id)
        if known is not None:
            return known.short_name
        # A record may establish its framework before it registers who keeps it.
        return "organisation pas encore nommée" if self._language == "fr" else "not yet named"

    def due(self, due: Due) -> str:
        if due.kind is DueKind.fixed and due.on is not None:
            return day(due.on, self._language)
        if due.event is not None:
            event = due.event.in_language(self._language)[0]
            return f"« {event} »" if self._language == "fr" else f"“{event}”"
        return "sans date" if self._language == "fr" else "no date"

    def _facts(self, event: Any) -> dict[str, str]:
        facts = {name: self._fact(getattr(event, name)) for name in event.__struct_fields__}
        if isinstance(getattr(event, "evidence", None), Evidence):
            facts["number"] = str(event.evidence.number)
        if hasattr(event, "owners"):
            facts["owners"] = self._names(event.owners)
        return facts | {
            "who": self._who(event),
            "subject": self._subject(event.originator_id),
            "the": self._the,
            "of": f"de {self._the}",
        }

    def _fact(self, fact: object) -> str:
        write = self._writers.get(type(fact))
        return write(fact) if write else str(fact)

    def _names(self, organisations: tuple[UUID, ...]) -> str:
        names = [self.organisation(each) for each in organisations]
        last = " et " if self._language == "fr" else " and "
        return last.join(filter(None, [", ".join(names[:-1]), names[-1]]))

    def _who(self, event: Any) -> str:
        name = self.organisation(event.recorded_by)
        if self._language == "fr":
            return _CAPACITIES[event.capacity].format(name=name)
        return f"{name}, as {word(event.capacity, 'en')},"

    def _subject(self, id: UUID) -> str:
        meeting, framework = self._directory.meetings.get(id), self._directory.frameworks.get(id)
        named = meeting.title if meeting else framework.name if framework else Wording(fr="…")
        return named.in_language(self._language)[0]

    def _attached(self, evidence: object) -> str:
        if not isinstance(evidence, tuple) or not evidence:
            return ""
        n = number(len(evidence), self._language)
        if self._language == "fr":
            return " Une preuve jointe." if len(evidence) == 1 else f" {n} preuves jointes."
        return " One piece of evidence." if len(evidence) == 1 else f" {n} pieces of evidence."


def recording_gap(occurred_on: date, recorded_at: datetime) -> int:
    """Days from the fact to its recording when a reader should know, else 0."""
    gap = (recorded_at.astimezone(UTC).date() - occurred_on).days
    return gap if gap > LATE_RECORDING_DAYS else 0


def _form(event: Any) -> str:
    """Which sentence says this event."""
    name = type(event).__name__
    variants: dict[str, Callable[[], bool]] = {
        "CommitmentMade by its owner": lambda: event.capacity is Capacity.owner,
        "AttributionSettled confirmed": lambda: event.outcome is AttributionOutcome.confirmed,
        "DueDateSet to a date": lambda: event.due.kind is DueKind.fixed,
        "DueDateMoved to a date": lambda: event.due.kind is event.previous.kind is DueKind.fixed,
        "MilestonePlanned by a date": lambda: event.due_on is not None,
    }
    for variant, applies in variants.items():
        if variant.split()[0] == name and applies():
            return variant
    return name
