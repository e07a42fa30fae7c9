"""The board as data: what a spreadsheet and a program get."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.conftest import Server
from tests.web.fictional_promises import REGISTER, fictional_record
from tests.web.public_site import PUBLIC_URL, PublicSite, published, words
from web.data_columns import COLUMNS
from web.pages.data import _cell
from web.visit import Language, QueryRefused

EXERCISE = {"framework": "keleya"}


@pytest.fixture(scope="module")
def site(postgres: Server) -> Iterator[PublicSite]:
    with published(postgres, fictional_record()) as site:
        yield site


def lines(
    site: PublicSite,
    query: dict[str, str] | None = None,
    language: Language = "fr",
    as_of: date | None = None,
) -> list[dict[str, str]]:
    visit = site.visit("board_csv", language, query, as_of)
    body = site.download("board_csv", visit).body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(body, newline="")))


def commitments(site: PublicSite, query: dict[str, str] | None = None) -> list[dict[str, Any]]:
    found = json.loads(site.download("board_json", site.visit("board_json", "fr", query)).body)
    return list(found["commitments"])


def test_the_table_is_utf_8_with_a_mark_that_excel_needs_and_lines_as_in_rfc_4180(
    site: PublicSite,
) -> None:
    download = site.download("board_csv", site.visit("board_csv", "fr", EXERCISE))
    assert download.media_type == "text/csv; charset=utf-8"
    assert download.body.startswith(b"\xef\xbb\xbfreference,address,")
    assert download.body.endswith(b"\r\n")
    assert "présidentielle".encode() in download.body


def test_a_line_holds_both_lanes_and_what_is_derived_on_the_day(site: PublicSite) -> None:
    line = next(each for each in lines(site, EXERCISE) if each["reference"] == REGISTER)
    expected = {
        "address": f"{PUBLIC_URL}/engagements/{REGISTER}",
        "permanent_address": f"{PUBLIC_URL}/engagements/{REGISTER}/versions/19",
        "framework": "keleya",
        "exercise": "true",
        "meeting": "keleya-2025-01-16",
        "owners": "CEK",
        "made_to": "OCK | RFK",
        "made_on": "2025-01-16",
        "due_kind": "fixed",
        "due_on": "2025-12-31",
        "times_postponed": "2",
        "board_status": "divergent",
        "board_status_words": "Évaluations divergentes",
        "basis": "assessed",
        "assessors": "2",
        "declared_status": "partially_fulfilled",
        "declared_on": "2025-10-02",
        "assessments": "OCK not_fulfilled 2026-01-12 | RFK partially_fulfilled 2025-10-02",
        "overdue": "true",
        "contested": "true",
        "lanes_differ": "true",
        "milestones": "2",
        "milestones_reached": "1",
        "evidence": "6",
        "withdrawn_on": "",
        "version": "19",
    }
    assert {name: line[name] for name in expected} == expected


def test_both_formats_say_the_same_of_the_same_commitments(site: PublicSite) -> None:
    table, objects = lines(site, EXERCISE), commitments(site, EXERCISE)
    names = [column.name for column in COLUMNS]
    assert len(table) == len(objects) == 8
    for line, found in zip(table, objects, strict=True):
        assert list(line) == names
        assert set(found) == set(names)
        assert line["reference"] == found["reference"]
        for name, value in found.items():
            if isinstance(value, bool) or value is None:
                assert line[name] == {True: "true", False: "false", None: ""}[value]
            elif isinstance(value, int):
                assert line[name] == str(value)


def test_json_keeps_lists_and_says_what_it_is_of(site: PublicSite) -> None:
    query = EXERCISE | {"owner": "cek"}
    download = site.download("board_json", site.visit("board_json", "en", query))
    found = json.loads(download.body)
    assert found["about"] == {
        "position": site.position,
        "judged_on": "2026-01-17",
        "recorded_at": "2026-01-16T09:00:00Z",
        "language": "en",
        "filters": query,
        "publisher": PUBLIC_URL,
    }
    register = next(each for each in found["commitments"] if each["reference"] == REGISTER)
    assert register["made_to"] == ["OCK", "RFK"]
    assert register["assessments"][0] == {
        "assessor": "OCK",
        "status": "not_fulfilled",
        "on": "2026-01-12",
    }
    assert register["due_event"] is None
    assert register["overdue"] is True


def test_exercises_are_not_in_the_file_unless_asked_for(site: PublicSite) -> None:
    assert [line["reference"] for line in lines(site)] == ["2025-001"]
    assert {line["exercise"] for line in lines(site, EXERCISE)} == {"true"}


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({"late": "1"}, {"EX-2025-001", "EX-2025-007", "EX-2025-008"}),
        ({"contested": "1"}, {"EX-2025-001"}),
        ({"status": "withdrawn"}, {"EX-2025-005"}),
        ({"owner": "ock"}, {"EX-2025-002"}),
        ({"q": "véhicules"}, {"EX-2025-003"}),
        ({"topic": "observation", "owner": "rfk"}, {"EX-2025-004"}),
        ({"q": "rien de tel"}, set()),
    ],
)
def test_what_filters_the_board_filters_the_files(
    site: PublicSite, query: dict[str, str], references: set[str]
) -> None:
    assert {line["reference"] for line in lines(site, EXERCISE | query)} == references
    assert {found["reference"] for found in commitments(site, EXERCISE | query)} == references


def test_an_odd_filter_is_refused_as_on_the_board(site: PublicSite) -> None:
    for query in ({"status": "done"}, {"owner": "personne"}, {"late": "yes"}):
        with pytest.raises(QueryRefused):
            lines(site, query)


def test_a_file_as_of_a_past_day_knows_nothing_of_what_came_later(site: PublicSite) -> None:
    past = {line["reference"]: line for line in lines(site, EXERCISE, "fr", date(2025, 7, 9))}
    assert past[REGISTER]["board_status"] == "stalled"
    assert past[REGISTER]["version"] == "11"
    assert past[REGISTER]["overdue"] == "false"
    visit = site.visit("board_csv", "fr", EXERCISE, date(2025, 7, 9))
    assert site.download("board_csv", visit).file_name == (
        f"engagements-2025-07-09-position-{visit.moment.position}.csv"
    )


def test_no_cell_is_run_by_a_spreadsheet(site: PublicSite) -> None:
    line = lines(site)[0]
    assert line["statement_fr"] == "'=Communiquer la liste, \"complète\",\nà l'Union."
    assert commitments(site)[0]["statement_fr"].startswith("=Communiquer")
    for start in ("=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx", "＝1"):
        assert _cell(start) == "'" + start
    for harmless in ("1 = 1", "a-b", "l'Union", "", "2025-001"):
        assert _cell(harmless) == harmless


def test_the_columns_have_the_same_names_in_both_languages(site: PublicSite) -> None:
    french, english = lines(site, EXERCISE), lines(site, EXERCISE, "en")
    assert list(french[0]) == list(english[0])
    assert english[0]["address"].startswith(f"{PUBLIC_URL}/en/commitments/")
    words_of = {line["board_status_words"] for line in english}
    assert "Assessors disagree" in words_of


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_column_is_documented(site: PublicSite, language: Language) -> None:
    html = site.page("data", language)
    text = words(html)
    for column in COLUMNS:
        assert f"<code>{column.name}</code>" in html
        assert words(column.fr if language == "fr" else column.en) in text
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_every_address_in_a_file_is_absolute(site: PublicSite) -> None:
    for line in lines(site, EXERCISE):
        for name in ("address", "permanent_address"):
            assert urlsplit(line[name]).netloc == "registre.exemple.test"


def test_an_empty_record_gives_a_file_with_headings_only(site: PublicSite) -> None:
    assert lines(site, as_of=date(2025, 1, 5)) == []
    body = site.download("board_csv", site.visit("board_csv", "fr", None, date(2025, 1, 5))).body
    assert body.count(b"\r\n") == 1
