"""The public pages of a record, asked for one by one without a server."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import uuid4

import psycopg

from projections import days, journal
from projections.feed import Moment, Reading
from tests.conftest import Server
from tests.web.fictional_record import TODAY, Recorded
from tracker import ledger_connections, projecting
from tracker.ledger import Ledger
from web.addresses import PUBLIC
from web.directory import Directories
from web.rendering import Renderer
from web.routes import SHOWS
from web.visit import Download, Language, Page, Visit

PUBLIC_URL = "https://registre.exemple.test"


class PublicSite:
    """Reads a record as it stands, judged on `today`."""

    def __init__(self, reading: Reading, today: date = TODAY) -> None:
        self.reading, self.today = reading, today
        self._directories, self._renderer = Directories(), Renderer()
        found = reading.execute("SELECT coalesce(max(position), 0) FROM journal").fetchone()
        self.position: int = found[0] if found else 0

    def visit(
        self,
        route: str,
        language: Language = "fr",
        query: dict[str, str] | None = None,
        as_of: date | None = None,
        **named: str,
    ) -> Visit:
        moment = Moment(self.position, self.today)
        if as_of is not None:
            moment = Moment(days.position_at(self.reading, as_of), as_of)
        return Visit(
            route=route,
            language=language,
            path_values=named,
            query=query or {},
            fragment=False,
            moment=moment,
            recorded_at=journal.recorded_at(self.reading, moment.position),
            as_of=as_of,
            reading=self.reading,
            directory=self._directories.at(self.reading, moment),
            public_url=PUBLIC_URL,
        )

    def html(self, visit: Visit) -> str:
        page = SHOWS[visit.route](visit)
        assert isinstance(page, Page)
        return self._renderer.render(visit, page).decode()

    def page(
        self,
        route: str,
        language: Language = "fr",
        query: dict[str, str] | None = None,
        as_of: date | None = None,
        **named: str,
    ) -> str:
        return self.html(self.visit(route, language, query, as_of, **named))

    def download(self, route: str, visit: Visit | None = None) -> Download:
        found = SHOWS[route](visit or self.visit(route))
        assert isinstance(found, Download)
        return found

    def every_visit(self, language: Language, as_of: date | None = None) -> Iterator[Visit]:
        """One for each public page there is, downloads apart, whatever the record holds."""
        known = self.visit("board", language, as_of=as_of).directory
        found = self.reading.execute(
            "SELECT DISTINCT reference FROM board WHERE valid_from <= %s ORDER BY reference",
            (self.visit("board", as_of=as_of).moment.position,),
        )
        named: dict[str, list[dict[str, str]]] = {
            "commitment": [{"reference": reference} for (reference,) in found],
            "meeting": [{"slug": each.slug} for each in known.meetings.values()],
            "stakeholder": [{"slug": each.slug} for each in known.stakeholders.values()],
            "topic": [{"slug": each.slug} for each in known.topics.values()],
        }
        named["version"] = [each | {"version": "1"} for each in named["commitment"]]
        for route in PUBLIC:
            if route.startswith("board"):
                continue
            for values in named.get(route, [{}]):
                yield self.visit(route, language, None, as_of, **values)


@contextmanager
def published(
    postgres: Server, told: Iterable[Recorded], today: date = TODAY
) -> Iterator[PublicSite]:
    """The public site of what is told, in a database of its own."""
    name = f"pages_{uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'".encode())
    url = postgres.database(name)
    with psycopg.connect(url, autocommit=True) as connection:
        ledger_connections.install(connection)
        projecting.install(connection)
        ledger = Ledger(url)
        ledger.mark_demonstration()
        for each in told:
            ledger.append_many([each.event], recorded_at=each.at)
        ledger.close()
        projecting.catch_up(connection)
    options = f"-c search_path={projecting.SCHEMA} -c default_transaction_read_only=on"
    with psycopg.connect(url, autocommit=True, options=options) as reading:
        yield PublicSite(reading, today)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def words(html: str) -> str:
    """What is read, with ordinary spaces and apostrophes, as a test is typed."""
    html = re.sub(r"(?s)<(head|svg|script)\b.*?</\1>", "", html)
    text = re.sub(r"<[^>]*>", "", html)
    text = text.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    return re.sub(r"\s+", " ", text.replace("’", "'"))


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts are found one after the other."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        assert at >= 0, f"{part!r} is missing, or stands too early"
        at += len(part)
    return True
