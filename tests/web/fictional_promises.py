"""The promises of the fictional record, and what became of each."""

from datetime import date
from typing import Any

from domain import events as e
from domain.values import AttributionOutcome, Capacity, Due, DueKind, Measure, Status, Wording
from tests.web.fictional_record import (
    ASSESSOR,
    OWNER,
    SECRETARIAT,
    Recorded,
    Story,
    document,
    fixed,
    hold_meetings,
    known_as,
    link,
    set_the_scene,
    wording,
)

REGISTER = "EX-2025-001"
"""Lives through nearly everything: 19 versions."""

REGISTER_MADE = wording(
    "Afficher les listes provisoires dans les communes, trente jours avant le scrutin.",
    "Post the provisional lists in the communes thirty days before the vote.",
)
REGISTER_CORRECTED = wording(
    "Afficher les listes provisoires dans toutes les communes, quarante jours avant le scrutin.",
    "Post the provisional lists in every commune forty days before the vote.",
)


def fictional_record() -> list[Recorded]:
    story = Story()
    set_the_scene(story)
    hold_meetings(story)
    _the_register(story)
    _fulfilled_late(story)
    _contested_attributions(story)
    _the_others(story)
    return story.recorded()


def _make(
    story: Story,
    reference: str,
    owner: str,
    statement: Wording,
    by: str,
    capacity: Capacity,
    due: Due,
    **facts: Any,
) -> None:
    criterion = wording("Les listes sont affichées.", "The lists are posted.")
    story.tell(
        e.CommitmentMade,
        reference,
        date(2025, 1, 16),
        by,
        capacity,
        reference=reference,
        owners=(known_as(owner),),
        statement=statement,
        due=due,
        measure=facts.pop("measure", Measure(True, criterion)),
        framework=known_as(facts.pop("place", "Kéléya")),
        meeting=known_as(facts.pop("meeting", "réunion de Kéléya")),
        topics=(facts.pop("topic", "fichier"),),
        **facts,
    )


def _the_register(story: Story) -> None:
    def owner(kind: Any, on: date, **facts: Any) -> None:
        story.tell(kind, REGISTER, on, "CEK", OWNER, **facts)

    def other(kind: Any, on: date, by: str, **facts: Any) -> None:
        story.tell(kind, REGISTER, on, by, ASSESSOR, **facts)

    june, september = fixed(date(2025, 6, 30)), fixed(date(2025, 9, 15))
    _make(
        story,
        REGISTER,
        "CEK",
        REGISTER_MADE,
        "OCK",
        SECRETARIAT,
        june,
        late=date(2025, 3, 24),
        made_to=(known_as("OCK"), known_as("RFK")),
        source=link("Communiqué de l'Observatoire", date(2025, 1, 20)),
    )
    owner(e.CommitmentAcknowledged, date(2025, 3, 26))
    criterion = wording("Les listes sont affichées dans les 42 communes.", "Posted in 42 communes.")
    story.tell(
        e.WordingCorrected,
        REGISTER,
        date(2025, 3, 28),
        "OCK",
        SECRETARIAT,
        statement=REGISTER_CORRECTED,
        measure=Measure(True, criterion),
        reason="Le communiqué dit quarante jours et vise toutes les communes.",
    )
    april = date(2025, 4, 30)
    collected = wording("Recueillir les listes", "Collect the lists")
    owner(e.MilestonePlanned, date(2025, 4, 1), milestone=1, title=collected, due_on=april)
    posted = wording("Publier en ligne", "Publish online")
    owner(e.MilestonePlanned, date(2025, 4, 1), milestone=2, title=posted)
    note = "Trente communes ont transmis leur liste."
    owner(e.ProgressDeclared, date(2025, 4, 10), status=Status.in_progress, note=note)
    reason = "Douze communes n'ont pas transmis leur liste."
    owner(e.DueDateMoved, date(2025, 6, 20), previous=june, due=september, reason=reason)
    slip = document("Bordereau de réception", date(2025, 5, 12), 1)
    late = date(2025, 7, 1)
    owner(e.MilestoneReached, date(2025, 5, 12), late=late, milestone=1, evidence=(slip,))
    other(
        e.ProgressAssessed,
        date(2025, 7, 3),
        "OCK",
        assessment=1,
        status=Status.stalled,
        rationale="Aucune liste n'était affichée.",
        reply_expected_on=date(2025, 7, 10),
        evidence=(link("Relevé de visite", date(2025, 7, 3), 2),),
    )
    owner(
        e.ReplyPublished,
        date(2025, 7, 8),
        assessment=1,
        text="L'affichage commence le 20 juillet.",
        evidence=(link("Calendrier d'affichage", date(2025, 7, 8), 3),),
    )
    reason = "Les communes visitées étaient en retard."
    owner(e.AssessmentChallenged, date(2025, 7, 9), assessment=1, reason=reason)
    other(
        e.AssessmentRevised,
        date(2025, 7, 25),
        "OCK",
        assessment=1,
        status=Status.in_progress,
        rationale="L'affichage a commencé dans six communes.",
        reply_expected_on=date(2025, 8, 1),
    )
    testimony = link("Témoignages recueillis", date(2025, 8, 1), 4)
    other(e.EvidenceAdded, date(2025, 8, 2), "RFK", evidence=testimony, note="Par téléphone.")
    reason = "Deux témoins ont demandé le retrait."
    other(e.EvidenceWithdrawn, date(2025, 8, 20), "RFK", number=4, reason=reason)
    december, reason = fixed(date(2025, 12, 31)), "Le scrutin est reporté."
    owner(e.DueDateMoved, date(2025, 9, 1), previous=september, due=december, reason=reason)
    owner(
        e.ProgressDeclared,
        date(2025, 10, 2),
        status=Status.partially_fulfilled,
        note="Les listes sont affichées dans trente-six communes.",
        evidence=(document("État de l'affichage", date(2025, 10, 1), 5),),
    )
    for assessment, by, on, status, reply in (
        (2, "RFK", date(2025, 10, 2), Status.partially_fulfilled, date(2025, 10, 9)),
        (3, "OCK", date(2026, 1, 12), Status.not_fulfilled, date(2026, 1, 19)),
    ):
        other(
            e.ProgressAssessed,
            on,
            by,
            assessment=assessment,
            status=status,
            rationale="Six communes n'ont pas affiché.",
            reply_expected_on=reply,
            evidence=(link("Compte rendu de visite", on, assessment + 4),),
        )
    reason = "La publication en ligne a eu lieu."
    owner(e.AssessmentChallenged, date(2026, 1, 15), assessment=3, reason=reason)


def _fulfilled_late(story: Story) -> None:
    reference, done = "EX-2025-006", date(2025, 3, 20)
    statement = wording("Publier la liste des centres.", "Publish the list of centres.")
    _make(story, reference, "CEK", statement, "CEK", OWNER, fixed(date(2025, 3, 1)))
    found = (link("Liste des centres", done, 1),)
    said: dict[str, Any] = {"status": Status.fulfilled, "evidence": found}
    story.tell(e.ProgressDeclared, reference, done, "CEK", OWNER, note="Elle est en ligne.", **said)
    story.tell(
        e.ProgressAssessed,
        reference,
        date(2025, 3, 25),
        "RFK",
        ASSESSOR,
        late=date(2025, 9, 30),
        assessment=1,
        status=Status.fulfilled,
        rationale="La liste est complète.",
        reply_expected_on=date(2025, 10, 7),
        evidence=(link("Liste consultée", date(2025, 3, 25), 2),),
    )
    for kind, on, by, capacity, reason in (
        (e.AssessmentChallenged, date(2025, 10, 1), "CEK", OWNER, "Elle date du 18 mars."),
        (e.AssessmentMaintained, date(2025, 10, 6), "RFK", ASSESSOR, "La page dit le 20 mars."),
    ):
        story.tell(kind, reference, on, by, capacity, assessment=1, reason=reason)


def _contested_attributions(story: Story) -> None:
    four, seven, eight = "EX-2025-004", "EX-2025-007", "EX-2025-008"
    for reference, owner in ((four, "RFK"), (seven, "MAK"), (eight, "MAK")):
        text = wording(f"Former deux cents personnes ({reference}).")
        _make(story, reference, owner, text, "OCK", SECRETARIAT, Due(), topic="observation")
        reason = "Nous ne nous sommes pas engagés."
        story.tell(e.AttributionDisputed, reference, date(2025, 2, 3), owner, OWNER, reason=reason)
    for reference, outcome, owner in (
        (seven, AttributionOutcome.reassigned, "CEK"),
        (eight, AttributionOutcome.confirmed, "MAK"),
    ):
        story.tell(
            e.AttributionSettled,
            reference,
            date(2025, 2, 20),
            "OCK",
            SECRETARIAT,
            outcome=outcome,
            owners=(known_as(owner),),
            reason="Le compte rendu le dit.",
        )
    due = fixed(date(2025, 4, 30))
    story.tell(e.DueDateSet, seven, date(2025, 2, 24), "CEK", OWNER, due=due)
    vote = Due(
        kind=DueKind.event, event=wording("Avant la présidentielle", "Before the presidential vote")
    )
    story.tell(e.DueDateSet, eight, date(2025, 2, 24), "MAK", OWNER, due=vote)
    moved: dict[str, Any] = {
        "previous": vote,
        "due": due,
        "reason": "La date du scrutin est connue.",
    }
    story.tell(e.DueDateMoved, eight, date(2025, 2, 25), "MAK", OWNER, **moved)


def _the_others(story: Story) -> None:
    calm = wording("Promouvoir un climat apaisé.", "Promote a calm climate.")
    unmeasured = Measure(False)
    _make(story, "EX-2025-002", "OCK", calm, "OCK", OWNER, Due(), measure=unmeasured)
    cars = wording("Prêter des véhicules.", "Lend vehicles.")
    vote = Due(
        kind=DueKind.event, event=wording("Avant la présidentielle", "Before the presidential vote")
    )
    _make(story, "EX-2025-003", "MAK", cars, "OCK", SECRETARIAT, vote)
    calls = wording("Ouvrir un centre d'appel.", "Open a call centre.")
    _make(story, "EX-2025-005", "CEK", calls, "CEK", OWNER, fixed(date(2025, 5, 31)))
    reason = "Le financement n'a pas été obtenu."
    story.tell(e.CommitmentWithdrawn, "EX-2025-005", date(2025, 5, 2), "CEK", OWNER, reason=reason)
    _make(
        story,
        "2025-001",
        "CED",
        wording('=Communiquer la liste, "complète",\nà l\'Union.', "Send the list to the Union."),
        "UCD",
        SECRETARIAT,
        fixed(date(2025, 12, 1)),
        place="Doulaba",
        topic="bureaux",
        meeting="réunion de Doulaba",
    )
    story.tell(
        e.ProgressAssessed,
        "2025-001",
        date(2026, 1, 16),
        "UCD",
        ASSESSOR,
        assessment=1,
        status=Status.in_progress,
        rationale="Une liste a été remise.",
        reply_expected_on=date(2026, 1, 23),
    )
