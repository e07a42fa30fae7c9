"""What the rules refuse. Each refusal is a fact, and a sentence that says why and what to do.

The sentences are here, in both languages, because they are the rules as people meet them: a rule
and its sentence change together.
"""

from collections.abc import Callable
from typing import ClassVar

FIELDS: dict[str, tuple[str, str]] = {
    "criterion": ("le critère", "the criterion"),
    "description": ("la description", "the description"),
    "due": ("l'échéance", "the due date"),
    "due_event": ("l'événement dont dépend l'échéance", "the event the due date depends on"),
    "evidence_title": ("le titre de la preuve", "the title of the evidence"),
    "name": ("le nom", "the name"),
    "note": ("la note", "the note"),
    "rationale": ("la justification", "the rationale"),
    "reason": ("le motif", "the reason"),
    "reply": ("la réponse", "the reply"),
    "short_name": ("le nom court", "the short name"),
    "statement": ("le texte de l'engagement", "the text of the commitment"),
    "summary": ("le résumé", "the summary"),
    "title": ("le titre", "the title"),
    "venue": ("le lieu", "the venue"),
}


class Refusal(Exception):
    """A rule refused a command. `facts` fills the sentence; nothing was recorded."""

    fr: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts = facts

    def sentence(self, language: str, write: Callable[[object], str] = str) -> str:
        """What happened, why and what to do. `write` puts a date or a number into words."""
        french = language == "fr"
        words = {
            name: FIELDS[str(fact)][0 if french else 1] if name == "field" else write(fact)
            for name, fact in self.facts.items()
        }
        sentence = (self.fr if french else self.en).format(**words)
        return sentence[:1].upper() + sentence[1:]

    def __str__(self) -> str:
        return self.sentence("en")


# Values


class TextEmpty(Refusal):
    fr = "{field} est vide. Écrivez au moins quelques mots."
    en = "{field} is empty. Write at least a few words."


class TextTooLong(Refusal):
    fr = "{field} compte {length} caractères, pour {limit} au plus. Raccourcissez le texte."
    en = "{field} has {length} characters and may have {limit} at most. Shorten the text."


class TextUnprintable(Refusal):
    fr = (
        "{field} contient un caractère invisible ({character}) qui pourrait changer ce que l'on "
        "lit. Effacez-le, ou saisissez de nouveau le texte."
    )
    en = (
        "{field} contains an invisible character ({character}) that could change what is read. "
        "Delete it, or type the text again."
    )


class DateMissing(Refusal):
    fr = "{field} fixée à une date demande cette date. Indiquez-la, ou choisissez « sans date »."
    en = "{field} is said to be fixed but has no date. Give the date, or choose “no date”."


class LinkUnsafe(Refusal):
    fr = (
        "Ce lien n'est pas une adresse web complète. Copiez l'adresse entière, qui commence par "
        "https:// ou http://."
    )
    en = (
        "This link is not a complete web address. Copy the whole address, starting with https:// "
        "or http://."
    )


class EvidenceUnidentified(Refusal):
    fr = "Ce document n'a pas d'empreinte SHA-256 valable. Téléversez-le de nouveau."
    en = "This document has no valid SHA-256 digest. Upload it again."


class CriterionMissing(Refusal):
    fr = (
        "Un engagement mesurable doit dire à quoi l'on verra qu'il est tenu. Écrivez le critère, "
        "ou indiquez qu'il n'est pas mesurable."
    )
    en = (
        "A measurable commitment has to say how one will see that it is kept. Write the criterion, "
        "or say that it is not measurable."
    )


class ReferenceMalformed(Refusal):
    fr = "« {reference} » n'est pas une référence. Écrivez l'année et un numéro, comme 2024-003."
    en = "“{reference}” is not a reference. Write the year and a number, such as 2024-003."


class SlugMalformed(Refusal):
    fr = (
        "« {slug} » ne peut pas servir d'adresse. N'employez que des lettres sans accent, des "
        "chiffres et des traits d'union, 80 signes au plus."
    )
    en = (
        "“{slug}” cannot be used in an address. Use only plain lower-case letters, digits and "
        "hyphens, 80 at most."
    )


# Dates


class OccurredInFuture(Refusal):
    fr = (
        "Le {occurred_on} n'est pas encore arrivé. Le registre ne retient que ce qui a eu lieu : "
        "donnez la date du fait, au plus tard le {today}."
    )
    en = (
        "{occurred_on} has not come yet. The record only takes what has happened: give the date of "
        "the fact, {today} at the latest."
    )


class DateImplausible(Refusal):
    fr = "Le {date} ne peut pas être juste : donnez une date entre le {earliest} et le {latest}."
    en = "{date} cannot be right: give a date between {earliest} and {latest}."


class OccurredBeforeCommitment(Refusal):
    fr = (
        "Le {occurred_on} est antérieur à l'engagement, pris le {made_on}. Vérifiez la date du "
        "fait."
    )
    en = "{occurred_on} is before the commitment, made on {made_on}. Check the date of the fact."


class EvidenceSeenInFuture(Refusal):
    fr = (
        "Une preuve ne peut pas avoir été consultée le {seen_on}, qui n'est pas encore arrivé. "
        "Donnez le jour où vous l'avez vue."
    )
    en = (
        "Evidence cannot have been seen on {seen_on}, which has not come yet. Give the day on "
        "which you saw it."
    )


class DueBeforeCommitment(Refusal):
    fr = (
        "L'échéance du {due_on} est antérieure à l'engagement, pris le {made_on}. Donnez une date "
        "à partir du {made_on}."
    )
    en = (
        "The due date {due_on} is before the commitment, made on {made_on}. Give a date from "
        "{made_on} on."
    )


# Who may do what


class NotAnOwner(Refusal):
    fr = (
        "Seul le porteur de l'engagement peut faire cela. Une autre organisation peut évaluer "
        "l'engagement ou ajouter une preuve."
    )
    en = (
        "Only the owner of the commitment can do this. Another organisation can assess the "
        "commitment or add evidence."
    )


class OwnersDoNotAssess(Refusal):
    fr = (
        "Le porteur n'évalue pas son propre engagement. Déclarez plutôt où il en est ; les autres "
        "organisations évaluent."
    )
    en = (
        "The owner does not assess its own commitment. Declare its progress instead; other "
        "organisations assess."
    )


class NotTheSecretariat(Refusal):
    fr = "Seul le secrétariat du cadre de concertation peut faire cela. Adressez-lui votre demande."
    en = "Only the secretariat of the consultation framework can do this. Send it your request."


class NeitherOwnerNorSecretariat(Refusal):
    fr = (
        "Seuls le porteur ou le secrétariat peuvent faire cela. Adressez votre demande à l'un "
        "d'eux."
    )
    en = "Only the owner or the secretariat can do this. Send your request to one of them."


class NotTheAssessor(Refusal):
    fr = (
        "Seule l'organisation qui a fait cette évaluation peut la maintenir ou la réviser. Une "
        "autre peut publier sa propre évaluation."
    )
    en = (
        "Only the organisation that made this assessment can maintain or revise it. Another can "
        "publish an assessment of its own."
    )


class NotTheProvider(Refusal):
    fr = (
        "Seule l'organisation qui a versé cette preuve peut la retirer. Adressez-lui votre demande."
    )
    en = "Only the organisation that added this evidence can withdraw it. Send it your request."


class CapacityUnfounded(Refusal):
    fr = (
        "La qualité indiquée ne correspond pas à cette organisation pour cet engagement. "
        "Choisissez « porteur » pour ses propres engagements, « évaluateur » pour ceux des autres."
    )
    en = (
        "The stated capacity does not fit this organisation for this commitment. Choose “owner” "
        "for its own commitments, “assessor” for those of others."
    )


# The life of a commitment


class OwnerMissing(Refusal):
    fr = "Un engagement a au moins un porteur. Indiquez l'organisation qui l'a pris."
    en = "A commitment has at least one owner. Name the organisation that made it."


class OwnerRepeated(Refusal):
    fr = "La même organisation est indiquée deux fois. Ne la gardez qu'une fois."
    en = "The same organisation is named twice. Keep it once."


class CommitmentAlreadyWithdrawn(Refusal):
    fr = (
        "Cet engagement a été retiré le {withdrawn_on} : son porteur ne peut plus rien y changer. "
        "S'il le reprend, enregistrez un nouvel engagement."
    )
    en = (
        "This commitment was withdrawn on {withdrawn_on}: its owner can change nothing in it any "
        "more. If it is taken up again, record a new commitment."
    )


class CommitmentAlreadyAcknowledged(Refusal):
    fr = "Le porteur a déjà reconnu cet engagement. Il n'y a rien d'autre à faire."
    en = "The owner has already acknowledged this commitment. There is nothing more to do."


class AttributionAlreadyDisputed(Refusal):
    fr = "L'attribution de cet engagement est déjà contestée. Le secrétariat doit d'abord trancher."
    en = "The attribution of this commitment is already disputed. The secretariat must settle it."


class AttributionUnderDispute(Refusal):
    fr = (
        "L'attribution de cet engagement est contestée. Reconnaissez-le d'abord, ou attendez que "
        "le secrétariat tranche."
    )
    en = (
        "The attribution of this commitment is disputed. Acknowledge it first, or wait for the "
        "secretariat to settle it."
    )


class AttributionNotDisputed(Refusal):
    fr = "L'attribution de cet engagement n'est pas contestée : il n'y a rien à trancher."
    en = "The attribution of this commitment is not disputed: there is nothing to settle."


class OwnersUnchanged(Refusal):
    fr = "Réattribuer demande un autre porteur. Indiquez-le, ou confirmez l'attribution."
    en = "Reassigning needs another owner. Name it, or confirm the attribution."


class WordingUnchanged(Refusal):
    fr = "Le texte proposé est identique à celui qui est publié : il n'y a rien à corriger."
    en = "The proposed text is the one already published: there is nothing to correct."


class DueAlreadySet(Refusal):
    fr = "Cet engagement a déjà une échéance. Pour la changer, déplacez-la en donnant un motif."
    en = "This commitment already has a due date. To change it, move it and give a reason."


class DueNotSet(Refusal):
    fr = "Cet engagement n'a pas encore d'échéance. Fixez-en une avant de la déplacer."
    en = "This commitment has no due date yet. Set one before moving it."


class DueUnchanged(Refusal):
    fr = "L'échéance proposée est celle qui est déjà enregistrée. Donnez-en une autre."
    en = "The proposed due date is the one already recorded. Give another."


class MilestoneUnknown(Refusal):
    fr = "L'étape {milestone} n'existe pas dans cet engagement. Choisissez une étape prévue."
    en = "Milestone {milestone} does not exist in this commitment. Choose a planned one."


class MilestoneAlreadyReached(Refusal):
    fr = "L'étape {milestone} est déjà atteinte. Il n'y a rien d'autre à faire."
    en = "Milestone {milestone} has already been reached. There is nothing more to do."


class EvidenceMissing(Refusal):
    fr = (
        "Ce statut demande au moins une preuve : un document, ou un lien avec la date à laquelle "
        "il a été consulté. Ajoutez-la, ou choisissez « En cours »."
    )
    en = (
        "This status needs at least one piece of evidence: a document, or a link with the date it "
        "was seen. Add it, or choose “In progress”."
    )


class NotDueYet(Refusal):
    fr = (
        "« Non tenu » ne peut pas être dit avant l'échéance, sauf si le porteur a retiré son "
        "engagement. Choisissez « À l'arrêt » si plus rien n'avance."
    )
    en = (
        "“Not fulfilled” cannot be said before the due date, unless the owner withdrew the "
        "commitment. Choose “Stalled” if nothing moves any more."
    )


class AssessmentUnknown(Refusal):
    fr = "L'évaluation {assessment} n'existe pas dans cet engagement. Choisissez-en une autre."
    en = "Assessment {assessment} does not exist in this commitment. Choose another."


class ChallengeAlreadyOpen(Refusal):
    fr = (
        "Cette évaluation est déjà contestée. L'évaluateur doit d'abord la maintenir ou la réviser."
    )
    en = "This assessment is already challenged. Its assessor must first maintain or revise it."


class AssessmentAlreadyMaintained(Refusal):
    fr = (
        "L'évaluateur a déjà maintenu cette évaluation après contestation. Publiez plutôt une "
        "réponse : elle paraîtra à côté."
    )
    en = (
        "The assessor has already maintained this assessment after a challenge. Publish a reply "
        "instead: it will stand beside it."
    )


class ChallengeNotOpen(Refusal):
    fr = "Cette évaluation n'est pas contestée : il n'y a rien à maintenir ni à réviser."
    en = "This assessment is not challenged: there is nothing to maintain or revise."


class ChallengeAwaitsAnswer(Refusal):
    fr = (
        "Votre évaluation précédente est contestée. Maintenez-la ou révisez-la avant d'en publier "
        "une nouvelle."
    )
    en = (
        "Your earlier assessment is challenged. Maintain or revise it before you publish a new one."
    )


class EvidenceUnknown(Refusal):
    fr = "La preuve {number} n'existe pas dans cet engagement. Choisissez-en une autre."
    en = "Evidence {number} does not exist in this commitment. Choose another."


class EvidenceAlreadyWithdrawn(Refusal):
    fr = "La preuve {number} est déjà retirée. Il n'y a rien d'autre à faire."
    en = "Evidence {number} has already been withdrawn. There is nothing more to do."


# Frameworks and meetings


class StakeholderAlreadyAdmitted(Refusal):
    fr = (
        "Cette organisation fait déjà partie du cadre de concertation. Il n'y a rien d'autre à "
        "faire."
    )
    en = (
        "This organisation is already part of the consultation framework. There is nothing more "
        "to do."
    )


class TopicAlreadyDiscussed(Refusal):
    fr = "Ce thème est déjà inscrit à cette réunion. Choisissez-le dans la liste."
    en = "This topic is already recorded for this meeting. Choose it from the list."


# The record as a whole


class ReferenceTaken(Refusal):
    fr = "La référence {reference} sert déjà à un autre engagement. Prenez le numéro suivant."
    en = "Reference {reference} already belongs to another commitment. Take the next number."


class SlugTaken(Refusal):
    fr = "L'adresse « {slug} » est déjà prise. Choisissez-en une autre."
    en = "The address “{slug}” is already taken. Choose another."


class RecordUnknown(Refusal):
    fr = "Ce que vous citez n'existe pas dans le registre ({record}). Vérifiez la référence."
    en = "What you name does not exist in the record ({record}). Check the reference."


class RecordChangedMeanwhile(Refusal):
    fr = (
        "Quelqu'un a modifié cet engagement pendant que vous écriviez. Rien n'est perdu : relisez "
        "ce qui a changé, puis envoyez de nouveau votre texte."
    )
    en = (
        "Someone changed this commitment while you were writing. Nothing is lost: read what "
        "changed, then send your text again."
    )
