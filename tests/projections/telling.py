"""A small record of a test's own, told event by event, with the board that follows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from msgspec import structs

from domain import events as e
from domain.values import Author, Evidence, StakeholderKind, Topic, Wording
from projections.board import Filter
from projections.feed import Moment, Reading
from tests.conftest import Server
from tests.domain.cast import (
    COMMISSION,
    FRAMEWORK,
    MADE_ON,
    NETWORK,
    OBSERVATORY,
    SECRETARIAT,
    TODAY,
    YOUTH,
)
from tests.domain.storytelling import given, happened, made
from tracker import ledger_connections, projecting
from tracker.ledger import Ledger
from tracker.projecting import SCHEMA

REHEARSAL = UUID(int=102)
"""The exercise framework; FRAMEWORK is the real one."""

OTHER, THIRD = UUID(int=110), UUID(int=111)
"""Records of further commitments; storytelling's is RECORD."""

MEETING = UUID(int=120)
EVERYTHING = Filter(frameworks=(FRAMEWORK, REHEARSAL))
START = datetime(2024, 7, 16, 18, tzinfo=UTC)


def install(database_url: str) -> None:
    """The ledger's and the board's tables."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        ledger_connections.install(connection)
        projecting.install(connection)


@contextmanager
def installed(postgres: Server) -> Iterator[str]:
    """A database of one's own with all tables, and nothing in them."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    url = postgres.database(name)
    install(url)
    yield url
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def forget_everything(database_url: str) -> None:
    """Empties the record, around the triggers that refuse it: a new database takes a quarter of a
    second, and a small record should cost next to nothing."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT string_agg(format('projections.%%I', relname), ', ') FROM pg_class"
            " WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'",
            (SCHEMA,),
        ).fetchone()
        guarded = ("ledger.stored_events", "ledger.claims")
        for table in guarded:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only".encode())
        connection.execute(f"TRUNCATE {', '.join(guarded)}, {(found or ('',))[0]}".encode())
        for table in guarded:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only".encode())
        connection.execute("UPDATE ledger.head SET position = 0, recorded_at = NULL")
        connection.execute(f"INSERT INTO {SCHEMA}.tracking DEFAULT VALUES".encode())


@contextmanager
def reading_of(database_url: str, schema: str = SCHEMA) -> Iterator[Reading]:
    """A connection such as a page has: read-only, with the tables' names in reach."""
    options = f"-c search_path={schema} -c default_transaction_read_only=on"
    with psycopg.connect(database_url, autocommit=True, options=options) as connection:
        yield connection


class Telling:
    """Tells events and projects them at once. `reading` sees what has been told."""

    def __init__(self, database_url: str, reading: Reading) -> None:
        self.database_url, self.reading = database_url, reading
        self.position = 0
        self._ledger = Ledger(database_url)
        self._ledger.mark_demonstration()
        self._at = START
        self._told: dict[UUID, list[e.Recorded]] = {}

    def close(self) -> None:
        self._ledger.close()

    def tell(
        self, *events: e.Recorded, about: UUID | None = None, at: datetime | None = None
    ) -> int:
        """Records the events of `about` (by default each one's own record), numbered on from what
        was told of it; at once, a minute after the last ones. Returns the position reached."""
        self._at = at or self._at + timedelta(minutes=1)
        numbered: list[Any] = []
        for event in events:
            stream = about or event.originator_id
            before = self._told.setdefault(stream, [])
            before.append(structs.replace(event, originator_id=stream))
            numbered.append(given(*before).events[-1])
        self.position = self._ledger.append_many(numbered, recorded_at=self._at)
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            assert projecting.catch_up(connection) == self.position
        return self.position

    def now(self, day: date = TODAY) -> Moment:
        return Moment(self.position, day)


def promised(reference: str, fr: str = "Publier la liste.", **said: Any) -> e.CommitmentMade:
    """A commitment made as in storytelling, with a reference and a text of its own."""
    return structs.replace(made(), reference=reference, statement=Wording(fr=fr), **said)


def established(slug: str, *, exercise: bool = False) -> e.FrameworkEstablished:
    return happened(
        e.FrameworkEstablished,
        SECRETARIAT,
        MADE_ON,
        slug=slug,
        name=Wording(fr=f"Cadre {slug}", en=f"Framework {slug}"),
        description=Wording(fr="Fictif."),
        exercise=exercise,
    )


def registered(slug: str, kind: StakeholderKind = StakeholderKind.cso) -> e.StakeholderRegistered:
    return happened(
        e.StakeholderRegistered,
        SECRETARIAT,
        MADE_ON,
        slug=slug,
        name=Wording(fr=f"{slug.title()} fictif", en=f"Fictional {slug}"),
        short_name=slug.title(),
        kind=kind,
    )


def admitted(who: Author) -> e.StakeholderAdmitted:
    return happened(e.StakeholderAdmitted, SECRETARIAT, MADE_ON, stakeholder=who.organisation)


def held(slug: str, on: date = MADE_ON, **said: Any) -> e.MeetingHeld:
    return happened(
        e.MeetingHeld,
        SECRETARIAT,
        on,
        **{
            "framework": FRAMEWORK,
            "slug": slug,
            "title": Wording(fr=f"Réunion {slug}"),
            "venue": "Kéléya",
            "attendance": (COMMISSION.organisation, YOUTH.organisation),
            **said,
        },
    )


def discussed(slug: str, title: str, framework: UUID = FRAMEWORK) -> e.TopicDiscussed:
    return happened(
        e.TopicDiscussed,
        SECRETARIAT,
        MADE_ON,
        framework=framework,
        topic=Topic(slug, Wording(fr=title)),
    )


def published(minutes: Evidence) -> e.MinutesPublished:
    return happened(e.MinutesPublished, SECRETARIAT, MADE_ON, minutes=minutes)


EVERYBODY = {
    COMMISSION.organisation: registered("commission", StakeholderKind.emb),
    NETWORK.organisation: registered("reseau"),
    OBSERVATORY.organisation: registered("observatoire", StakeholderKind.observer),
    YOUTH.organisation: registered("jeunes"),
    SECRETARIAT.organisation: registered("secretariat", StakeholderKind.partner),
}
