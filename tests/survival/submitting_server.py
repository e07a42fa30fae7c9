"""A server as the survival tests kill it: it follows the ledger, and many clients submit at once.

    python -m tests.survival.submitting_server URL NAME CLIENTS FROM MOST

Each client sends one command after another, from the one numbered FROM on, MOST in all. Every
receipt is written to standard output as "key first last", at once: what was written there is
acknowledged. Ends by itself once all was sent and the board shows it.
"""

import os
import sys
import threading
from datetime import date
from uuid import UUID

from domain.commands import (
    DeclareProgress,
    EstablishFramework,
    MakeCommitment,
    RegisterStakeholder,
)
from domain.refusals import RecordChangedMeanwhile
from domain.values import Author, Capacity, Measure, StakeholderKind, Status, Wording
from tracker import bootstrap
from tracker.application import Application, Submission, identity
from tracker.ledger import Receipt
from tracker.settings import Settings

COMMITMENTS = 40
DAY = date(2026, 1, 5)
OWNER = Author(identity("commission"), Capacity.owner)
SECRETARIAT = Author(identity("commission"), Capacity.secretariat)


def set_the_scene(application: Application) -> None:
    """An organisation, a framework, and commitments to act on. Recorded once, however often."""
    name = Wording(fr="Commission fictive")
    application.register_stakeholder(
        RegisterStakeholder(
            occurred_on=DAY,
            slug="commission",
            name=name,
            short_name="CEF",
            kind=StakeholderKind.emb,
        ),
        Submission(by=SECRETARIAT, key="commission"),
    )
    application.establish_framework(
        EstablishFramework(occurred_on=DAY, slug="cadre", name=name, description=name),
        Submission(by=SECRETARIAT, key="cadre"),
    )
    for number in range(COMMITMENTS):
        application.make_commitment(
            MakeCommitment(
                occurred_on=DAY,
                reference=f"2026-{number + 1:03}",
                framework=identity("cadre"),
                owners=(OWNER.organisation,),
                statement=Wording(fr=f"Promesse fictive numéro {number + 1}"),
                measure=Measure(False),
            ),
            Submission(by=SECRETARIAT, key=f"promise {number}"),
        )


def submit(application: Application, key: str, commitment: int) -> Receipt:
    """Its key is the text it records, so that recording it twice would show."""
    command = DeclareProgress(occurred_on=DAY, status=Status.in_progress, note=key)
    record: UUID = identity(f"promise {commitment % COMMITMENTS}")
    while True:
        try:
            return application.declare_progress(record, command, Submission(by=OWNER, key=key))
        except RecordChangedMeanwhile:
            pass  # too many at once on one commitment; a person would send the form again


def main(url: str, name: str, clients: int, first: int, most: int) -> None:
    with bootstrap.services(Settings(database_url=url)) as services:

        def send(client: int) -> None:
            for number in range(first, first + most):
                key = f"{name}/{client}/{number}"
                receipt = submit(services.application, key, client)
                # One write, so that being killed cuts no line that a later one would complete.
                os.write(1, f"{key} {receipt.first} {receipt.last}\n".encode())

        threads = [
            threading.Thread(target=send, args=(client,), daemon=True) for client in range(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        services.watch.wait_for(services.ledger.head().position, timeout=20)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
