"""A data set is recorded whole, once, and only if all of it can be."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain import events as e
from tests.tracker.small_data_set import COMMITMENT, HEAD, line_of, spoilt, written
from tracker.data_files import DataFault
from tracker.ledger import Ledger
from tracker.loading import Loaded, Loading, shipped

SMALL = 10
"""Events of the small data set."""


@pytest.fixture
def loading(ledger: Ledger, database_url: str) -> Loading:
    return Loading(ledger, database_url)


def _topics(ledger: Ledger) -> list[str]:
    return [type(row.event).__name__ for row in ledger.read()]


# ---- recording


def test_a_data_set_is_recorded_in_the_order_in_which_it_happened(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    loaded = loading.load(written(tmp_path / "jeu"), lambda done, total: told.append((done, total)))
    assert loaded == Loaded("jeu", recorded=SMALL, repeated=0, to_come=0, last=SMALL)
    assert told == [(n, SMALL) for n in range(SMALL + 1)]
    assert _topics(ledger) == [
        *["StakeholderRegistered"] * 3,
        "FrameworkEstablished",
        "MeetingHeld",
        "TopicDiscussed",
        "CommitmentMade",
        "CommitmentAcknowledged",
        "ProgressDeclared",
        "ProgressAssessed",
    ]


def test_what_names_nobody_else_is_recorded_by_the_keeper_of_the_record(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    rows = [row.event for row in ledger.read()]
    keeper, commission, league = (rows[n].originator_id for n in range(3))
    said = [(event.recorded_by, event.capacity.value) for event in rows[6:]]
    assert said == [
        (keeper, "secretariat"),
        (commission, "owner"),
        (commission, "owner"),
        (league, "assessor"),
    ]


def test_a_fact_without_a_day_has_that_of_its_recording(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    row = next(ledger.read())
    assert row.event.occurred_on == row.recorded_at.date()


def test_loading_twice_records_nothing_new(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    folder = written(tmp_path / "jeu")
    loading.load(folder)
    assert loading.load(folder) == Loaded("jeu", recorded=0, repeated=SMALL, to_come=0, last=0)
    assert ledger.head().position == SMALL


def test_loading_on_another_day_records_nothing_new(
    ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    folder = written(tmp_path / "jeu")
    Loading(ledger, database_url).load(folder)
    later = Loading(
        ledger, database_url, reply_days=30, now=lambda: datetime.now(UTC) + timedelta(days=400)
    )
    assert later.load(folder).recorded == 0


def test_two_loads_at_once_record_the_data_set_once(
    ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    folder = written(tmp_path / "jeu")
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: Loading(ledger, database_url).load(folder), range(4)))
    assert sorted(each.recorded for each in done) == [0, 0, 0, SMALL]
    assert ledger.head().position == SMALL


def test_what_was_added_at_the_end_is_recorded(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    more = (
        '\n[[commitment.event]]\nact = "publish_reply"\nby = "commission"\non = 2024-04-05\n'
        'assessment = 1\ntext = "Nous répondons."\n'
    )
    loaded = loading.load(written(tmp_path / "jeu", COMMITMENT + more))
    assert (loaded.recorded, loaded.repeated) == (1, SMALL)
    assert _topics(ledger)[-1] == "ReplyPublished"


def test_what_is_recorded_is_not_rewritten_by_changing_the_file(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    text = spoilt(COMMITMENT, "Publier la liste.", "Étudier la liste.")
    with pytest.raises(DataFault) as raised:
        loading.load(written(tmp_path / "jeu", text))
    assert raised.value.line == 1
    assert "recorded at position 7" in raised.value.what
    assert "statement" in raised.value.what
    assert ledger.head().position == SMALL


def test_others_may_have_recorded_something_meanwhile(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    other = HEAD[: HEAD.index("[[framework]]")].replace('"bureau"', '"bureau-2"')
    other = other.replace('"commission"', '"commission-2"').replace('"ligue"', '"ligue-2"')
    loading.load(written(tmp_path / "autre", "", other))
    assert loading.load(tmp_path / "jeu").recorded == 0
    assert ledger.head().position == SMALL + 3


def test_a_data_set_can_name_what_an_earlier_one_recorded(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    text = COMMITMENT.replace("2024-001", "2024-002").replace("due =", 'framework = "cadre"\ndue =')
    loading.load(written(tmp_path / "suite", text, HEAD[: HEAD.index("[[")]))
    made = [row.event for row in ledger.read() if isinstance(row.event, e.CommitmentMade)]
    assert len(made) == 2
    assert (made[0].framework, made[0].owners) == (made[1].framework, made[1].owners)


# ---- refusing before anything is recorded


MEGABYTE = "x" * 1_000_000

REFUSED = {
    "a text that reverses": ("travail.", "\u202eliavart.", "note", "U+202E"),
    "an escaped control character": ("travail.", "\\u0007travail.", "note", "U+0007"),
    "an escaped nought": ("travail.", "\\u0000travail.", "note", "U+0000"),
    "a text of a megabyte": ("travail.", MEGABYTE, "note", "characters and may have 5000"),
    "a statement of a megabyte": ("Publier la liste.", MEGABYTE, "statement.fr", "1000000"),
    "a text that says nothing": ('"Les agents sont au travail."', '"  "', "note", "empty"),
    "a fact in the future": ("on = 2024-03-01", "on = 2999-03-01", "on", "has not come yet"),
    "a day long past": ("on = 2024-02-01\nmeeting", "on = 0205-02-01\nmeeting", "on", "1990"),
    "a fact before the commitment": ("on = 2024-02-03", "on = 2024-01-03", "on", "before"),
    "a due date before the commitment": ("2024-06-30", "2023-06-30", "due.on", "before"),
    "evidence not seen yet": ("seen_on = 2024-04-01", "seen_on = 2999-04-01", "seen_on", "2999"),
    "an address that is none": ("https://exemple.example/constat", "exemple", "url", "https://"),
    "no evidence": (COMMITMENT[COMMITMENT.index("evidence") :], "", "status", "needs"),
    "too early to say": ('"stalled"', '"not_fulfilled"', "status", "before the due date"),
    "the owner assesses": (
        'by = "ligue"\non',
        'by = "commission"\non = 2024-04-01 #',
        "by",
        "does not assess",
    ),
    "another declares": (
        '"commission"\non = 2024-03-01',
        '"ligue"\non = 2024-03-01',
        "by",
        "Only the owner",
    ),
    "a reference that is none": ('"2024-001"', '"24-1"', "reference", "2024-003"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_names_the_line_and_nothing_is_recorded(
    loading: Loading, ledger: Ledger, tmp_path: Path, what: str
) -> None:
    good, bad, field, said = REFUSED[what]
    text = spoilt(COMMITMENT, good, bad)
    with pytest.raises(DataFault) as raised:
        loading.load(written(tmp_path / "jeu", text))
    fault = raised.value
    assert (fault.file.name, fault.field) == ("b.toml", field)
    if bad:
        assert fault.line == line_of(text, bad)
    assert said in fault.what
    assert ledger.head().position == 0


def test_a_reference_that_another_data_set_took_is_refused_before_anything_is_recorded(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    text = COMMITMENT.replace("due =", 'framework = "cadre"\ndue =')
    new = spoilt(HEAD[: HEAD.index("[[framework]]")], '"ligue"', '"ligue-2"').replace(
        HEAD[HEAD.index("[[stakeholder]]") : HEAD.index('[[stakeholder]]\nslug = "ligue"')], ""
    )
    with pytest.raises(DataFault, match="Reference 2024-001 already belongs") as raised:
        loading.load(written(tmp_path / "suite", text, new))
    assert (raised.value.file.name, raised.value.line) == ("b.toml", 2)
    assert ledger.head().position == SMALL


def test_an_address_that_another_data_set_took_is_refused(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    loading.load(written(tmp_path / "jeu"))
    with pytest.raises(DataFault, match="“bureau” is already taken") as raised:
        loading.load(written(tmp_path / "suite", ""))
    assert (raised.value.file.name, raised.value.line) == (
        "a.toml",
        line_of(HEAD, 'slug = "bureau"'),
    )
    assert ledger.head().position == SMALL


def test_a_plan_records_nothing(loading: Loading, ledger: Ledger, tmp_path: Path) -> None:
    assert len(loading.plan(written(tmp_path / "jeu")).pending) == SMALL
    assert ledger.head().position == 0


# ---- cut short


class _Enough(Exception):
    pass


@pytest.mark.parametrize("recorded", range(1, SMALL))
def test_an_interrupted_load_goes_on_where_it_stopped(
    loading: Loading, ledger: Ledger, tmp_path: Path, recorded: int
) -> None:
    def stop(done: int, total: int) -> None:
        if done == recorded:
            raise _Enough

    folder = written(tmp_path / "jeu")
    with pytest.raises(_Enough):
        loading.load(folder, stop)
    assert ledger.head().position == recorded
    loaded = loading.load(folder)
    assert (loaded.recorded, loaded.repeated) == (SMALL - recorded, recorded)
    assert ledger.head().position == SMALL


def test_a_load_that_is_killed_goes_on_where_it_stopped(
    loading: Loading, ledger: Ledger, database_url: str
) -> None:
    command = [sys.executable, "-m", "tracker", "load", "--demonstration", "exercice-keleya"]
    environment = os.environ | {"TRACKER_DATABASE_URL": database_url}
    with subprocess.Popen(command, env=environment) as process:
        give_up_at = time.monotonic() + 60
        while ledger.head().position < 20 and time.monotonic() < give_up_at:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    before = ledger.head().position
    assert 20 <= before < 164
    loaded = loading.load(shipped() / "exercice-keleya")
    assert (loaded.recorded, loaded.repeated) == (164 - before, before)
    assert loading.load(shipped() / "exercice-keleya").recorded == 0
