"""Who and what the stories of the domain are about. All organisations are fictional.

The commission owns the commitment unless a test says otherwise.
"""

from datetime import date
from uuid import UUID

from hypothesis import settings

from domain.values import (
    Author,
    Capacity,
    Due,
    DueKind,
    Evidence,
    EvidenceKind,
    Measure,
    Wording,
)

# On shared cores a deadline is a coin toss; the number of examples bounds the time instead.
UNHURRIED = settings(deadline=None, print_blob=True)

RECORD = UUID(int=100)
FRAMEWORK = UUID(int=101)

COMMISSION = Author(UUID(int=1), Capacity.owner)
NETWORK = Author(UUID(int=2), Capacity.owner)
OBSERVATORY = Author(UUID(int=3), Capacity.assessor)
YOUTH = Author(UUID(int=4), Capacity.assessor)
SECRETARIAT = Author(UUID(int=5), Capacity.secretariat)

MADE_ON = date(2024, 7, 16)
DUE_ON = date(2024, 12, 31)
TODAY = date(2025, 3, 1)

REGISTER = Wording(fr="Finaliser le fichier électoral.", en="Finish the voter register.")
MEASURED = Measure(True, Wording(fr="Le fichier est publié.", en="The register is published."))
REPORT = Evidence(
    kind=EvidenceKind.link,
    title="Compte rendu",
    seen_on=MADE_ON,
    url="https://exemple.test/compte-rendu",
)
SCAN = Evidence(
    kind=EvidenceKind.document,
    title="Procès-verbal",
    seen_on=MADE_ON,
    sha256="ab" * 32,
    media_type="application/pdf",
    size=1_024,
)


def acting_as(who: Author, capacity: Capacity) -> Author:
    return Author(who.organisation, capacity)


def by_day(day: date) -> Due:
    return Due(kind=DueKind.fixed, on=day)


BEFORE_THE_ELECTION = Due(kind=DueKind.event, event=Wording(fr="Avant la présidentielle"))
OPEN = Due()
BY_YEARS_END = by_day(DUE_ON)
