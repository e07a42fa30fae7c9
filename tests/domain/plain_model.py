"""A second opinion on the life of a commitment: product.md again, in dicts and lists.

It is written to be read beside product.md and shares no code with domain/; of the domain it only
reads what commands say. It answers with every objection there is, so that the order in which the
domain looks for them does not matter.
"""

from datetime import date
from typing import Any
from uuid import UUID

from domain.values import Author
from tests.domain.acts import verb

Objections = set[str]

NEEDS_EVIDENCE = {"stalled", "partially_fulfilled", "fulfilled", "not_fulfilled"}


class PlainCommitment:
    def __init__(self, command: Any, by: Author) -> None:
        self.made_on: date = command.occurred_on
        self.owners: list[UUID] = list(command.owners)
        self.text = (command.statement, command.measure)
        self.due = command.due
        self.acknowledged = by.capacity == "owner"
        self.disputed_by: UUID | None = None
        self.withdrawn_on: date | None = None
        self.news_on = self.made_on
        self.postponed = 0
        self.declarations: list[dict[str, Any]] = []
        self.assessments: list[dict[str, Any]] = []
        self.milestones: list[date | None] = []
        self.evidence: list[dict[str, Any]] = []

    # What speaks against a command. Nothing: it is recorded.

    def objections(self, command: Any, by: Author, today: date) -> Objections:
        found = getattr(self, f"against_{verb(command)}")(command, by)
        if command.occurred_on > today:
            found |= {"OccurredInFuture"}
        if command.occurred_on < self.made_on:
            found |= {"OccurredBeforeCommitment"}
        for name in ("reason", "note", "rationale", "text"):
            text = getattr(command, name, None)
            if text == "" and verb(command) != "add_evidence":
                found |= {"TextEmpty"}
            if text is not None and "\u202e" in text:
                found |= {"TextUnprintable"}
        pieces = getattr(command, "evidence", ())
        for piece in pieces if isinstance(pieces, tuple) else (pieces,):
            if piece.seen_on > today:
                found |= {"EvidenceSeenInFuture"}
        return set(found)

    def _unless_owner(self, by: Author) -> Objections:
        return (
            set() if by.capacity == "owner" and by.organisation in self.owners else {"NotAnOwner"}
        )

    def _unless_truthful(self, by: Author) -> Objections:
        if by.capacity == "secretariat":
            return set()
        truthful = (by.capacity == "owner") == (by.organisation in self.owners)
        return set() if truthful else {"CapacityUnfounded"}

    def _unless_owner_or_secretariat(self, by: Author) -> Objections:
        if by.capacity == "assessor":
            return {"NeitherOwnerNorSecretariat"}
        return self._unless_truthful(by)

    def _if_withdrawn(self) -> Objections:
        return {"CommitmentAlreadyWithdrawn"} if self.withdrawn_on else set()

    def _against_status(self, command: Any) -> Objections:
        found = set()
        if command.status in NEEDS_EVIDENCE and not command.evidence:
            found.add("EvidenceMissing")
        early = self.due.kind != "fixed" or command.occurred_on < self.due.on
        if command.status == "not_fulfilled" and early and not self.withdrawn_on:
            found.add("NotDueYet")
        return found

    def against_acknowledge_commitment(self, command: Any, by: Author) -> Objections:
        found = self._unless_owner(by) | self._if_withdrawn()
        if self.disputed_by is None and self.acknowledged:
            found |= {"CommitmentAlreadyAcknowledged"}
        if self.disputed_by is not None and self.disputed_by != by.organisation:
            found |= {"AttributionAlreadyDisputed"}
        return found

    def against_dispute_attribution(self, command: Any, by: Author) -> Objections:
        disputed = {"AttributionAlreadyDisputed"} if self.disputed_by else set()
        return self._unless_owner(by) | self._if_withdrawn() | disputed

    def against_settle_attribution(self, command: Any, by: Author) -> Objections:
        found = self._if_withdrawn()
        if by.capacity != "secretariat":
            found |= {"NotTheSecretariat"}
        if self.disputed_by is None:
            found |= {"AttributionNotDisputed"}
        if command.outcome == "reassigned":
            if not command.owners:
                found |= {"OwnerMissing"}
            if len(command.owners) != len(set(command.owners)):
                found |= {"OwnerRepeated"}
            if set(command.owners) == set(self.owners):
                found |= {"OwnersUnchanged"}
        return found

    def against_correct_wording(self, command: Any, by: Author) -> Objections:
        same = {"WordingUnchanged"} if (command.statement, command.measure) == self.text else set()
        return self._unless_owner_or_secretariat(by) | self._if_withdrawn() | same

    def _against_due(self, command: Any, by: Author) -> Objections:
        found = self._unless_owner_or_secretariat(by) | self._if_withdrawn()
        if command.due.kind == "fixed" and command.due.on is None:
            found |= {"DateMissing"}
        elif command.due.kind == "fixed" and command.due.on < self.made_on:
            found |= {"DueBeforeCommitment"}
        if command.due == self.due:
            found |= {"DueUnchanged"}
        return found

    def against_set_due_date(self, command: Any, by: Author) -> Objections:
        there = set() if self.due.kind == "open" else {"DueAlreadySet"}
        return self._against_due(command, by) | there

    def against_move_due_date(self, command: Any, by: Author) -> Objections:
        missing = {"DueNotSet"} if self.due.kind == "open" else set()
        return self._against_due(command, by) | missing

    def against_plan_milestone(self, command: Any, by: Author) -> Objections:
        found = self._unless_owner_or_secretariat(by) | self._if_withdrawn()
        if command.due_on and command.due_on < self.made_on:
            found |= {"DueBeforeCommitment"}
        return found

    def against_reach_milestone(self, command: Any, by: Author) -> Objections:
        found = self._unless_owner(by) | self._if_withdrawn()
        if not 1 <= command.milestone <= len(self.milestones):
            found |= {"MilestoneUnknown"}
        elif self.milestones[command.milestone - 1]:
            found |= {"MilestoneAlreadyReached"}
        return found

    def against_declare_progress(self, command: Any, by: Author) -> Objections:
        disputed = {"AttributionUnderDispute"} if self.disputed_by else set()
        found = self._unless_owner(by) | self._if_withdrawn() | disputed
        return found | self._against_status(command)

    def against_assess_progress(self, command: Any, by: Author) -> Objections:
        found = self._against_status(command)
        if by.organisation in self.owners:
            found |= {"OwnersDoNotAssess"}
        if by.capacity != "assessor":
            found |= {"CapacityUnfounded"}
        if any(a["open"] for a in self.assessments if a["by"] == by.organisation):
            found |= {"ChallengeAwaitsAnswer"}
        return found

    def _assessment(self, number: int) -> dict[str, Any] | None:
        return self.assessments[number - 1] if 1 <= number <= len(self.assessments) else None

    def against_challenge_assessment(self, command: Any, by: Author) -> Objections:
        found = self._unless_owner(by)
        assessment = self._assessment(command.assessment)
        if assessment is None:
            return found | {"AssessmentUnknown"}
        if assessment["open"]:
            found |= {"ChallengeAlreadyOpen"}
        if assessment["maintained"]:
            found |= {"AssessmentAlreadyMaintained"}
        return found

    def _against_answer(self, command: Any, by: Author) -> Objections:
        assessment = self._assessment(command.assessment)
        if assessment is None:
            return {"AssessmentUnknown"}
        found = set() if assessment["open"] else {"ChallengeNotOpen"}
        if assessment["by"] != by.organisation:
            found |= {"NotTheAssessor"}
        return found

    def against_maintain_assessment(self, command: Any, by: Author) -> Objections:
        found = self._against_answer(command, by) | self._unless_truthful(by)
        return found | ({"CapacityUnfounded"} if by.capacity == "secretariat" else set())

    def against_revise_assessment(self, command: Any, by: Author) -> Objections:
        found = self._against_answer(command, by) | self._against_status(command)
        if by.organisation in self.owners:
            found |= {"OwnersDoNotAssess"}
        if by.capacity != "assessor":
            found |= {"CapacityUnfounded"}
        return found

    def against_publish_reply(self, command: Any, by: Author) -> Objections:
        known = self._assessment(command.assessment) is not None
        return self._unless_owner(by) | (set() if known else {"AssessmentUnknown"})

    def against_add_evidence(self, command: Any, by: Author) -> Objections:
        return self._unless_truthful(by)

    def against_withdraw_evidence(self, command: Any, by: Author) -> Objections:
        if not 1 <= command.number <= len(self.evidence):
            return {"EvidenceUnknown"}
        piece, found = self.evidence[command.number - 1], self._unless_truthful(by)
        if piece["by"] != by.organisation:
            found |= {"NotTheProvider"}
        if piece["withdrawn"]:
            found |= {"EvidenceAlreadyWithdrawn"}
        return found

    def against_withdraw_commitment(self, command: Any, by: Author) -> Objections:
        disputed = {"AttributionUnderDispute"} if self.disputed_by else set()
        return self._unless_owner(by) | self._if_withdrawn() | disputed

    # What is so afterwards.

    def happens(self, command: Any, by: Author) -> None:
        getattr(self, f"after_{verb(command)}")(command, by)
        pieces = getattr(command, "evidence", ())
        for _ in pieces if isinstance(pieces, tuple) else (pieces,):
            self.evidence.append({"by": by.organisation, "withdrawn": False})
        if by.capacity == "owner":
            self.news_on = max(self.news_on, command.occurred_on)

    def after_acknowledge_commitment(self, command: Any, by: Author) -> None:
        self.acknowledged, self.disputed_by = True, None

    def after_dispute_attribution(self, command: Any, by: Author) -> None:
        self.disputed_by = by.organisation

    def after_settle_attribution(self, command: Any, by: Author) -> None:
        self.disputed_by, self.acknowledged = None, command.outcome == "confirmed"
        if command.outcome == "reassigned":
            self.owners = list(command.owners)

    def after_correct_wording(self, command: Any, by: Author) -> None:
        self.text = (command.statement, command.measure)

    def after_set_due_date(self, command: Any, by: Author) -> None:
        self.due = command.due

    def after_move_due_date(self, command: Any, by: Author) -> None:
        if self.due.kind == "fixed":
            new = command.due
            self.postponed += new.kind != "fixed" or new.on > self.due.on
        self.due = command.due

    def after_plan_milestone(self, command: Any, by: Author) -> None:
        self.milestones.append(None)

    def after_reach_milestone(self, command: Any, by: Author) -> None:
        self.milestones[command.milestone - 1] = command.occurred_on

    def after_declare_progress(self, command: Any, by: Author) -> None:
        said = {"by": by.organisation, "status": command.status, "on": command.occurred_on}
        self.declarations.append(said)

    def after_assess_progress(self, command: Any, by: Author) -> None:
        said = {"by": by.organisation, "status": command.status, "on": command.occurred_on}
        self.assessments.append(said | {"open": False, "maintained": False})

    def after_challenge_assessment(self, command: Any, by: Author) -> None:
        self.assessments[command.assessment - 1]["open"] = True

    def after_maintain_assessment(self, command: Any, by: Author) -> None:
        self.assessments[command.assessment - 1] |= {"open": False, "maintained": True}

    def after_revise_assessment(self, command: Any, by: Author) -> None:
        revised = {"status": command.status, "on": command.occurred_on, "open": False}
        self.assessments[command.assessment - 1] |= revised

    def after_publish_reply(self, command: Any, by: Author) -> None:
        pass

    def after_add_evidence(self, command: Any, by: Author) -> None:
        pass

    def after_withdraw_evidence(self, command: Any, by: Author) -> None:
        self.evidence[command.number - 1]["withdrawn"] = True

    def after_withdraw_commitment(self, command: Any, by: Author) -> None:
        self.withdrawn_on = command.occurred_on
