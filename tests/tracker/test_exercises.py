"""An exercise: fiction that is recorded on the days it gives, and shows all that there is."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from domain import events as e
from domain import policies
from domain.commitment import Commitment
from domain.policies import Basis, Standing
from domain.values import DueKind, Status
from tests.tracker.exercise_board import TODAY, commitments, recorded_by_heart
from tests.tracker.ledger_invariants import sql
from tests.tracker.small_data_set import COMMITMENT, exercise_head, spoilt, written
from tracker.data_files import read_data_set
from tracker.data_steps import steps_of
from tracker.ledger import Ledger
from tracker.loading import Loaded, Loading, NotADemonstration, shipped

SMALL = 10
"""Events of the small data set."""


@pytest.fixture
def loading(ledger: Ledger, database_url: str) -> Loading:
    return Loading(ledger, database_url)


def _exercise(folder: Path, text: str = COMMITMENT) -> Path:
    return written(folder, text, exercise_head())


def test_an_exercise_is_not_loaded_into_a_real_ledger(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    with pytest.raises(NotADemonstration, match="tracker demo"):
        loading.load(_exercise(tmp_path / "jeu"))
    assert ledger.head().position == 0


def test_an_exercise_is_recorded_on_the_days_it_gives(
    loading: Loading, ledger: Ledger, tmp_path: Path
) -> None:
    ledger.mark_demonstration()
    text = spoilt(COMMITMENT, "on = 2024-03-01", "on = 2024-03-01\nrecorded_on = 2024-03-10")
    loading.load(_exercise(tmp_path / "jeu", text))
    rows = list(ledger.read())
    assert [row.recorded_at.date() for row in rows[-3:]] == [
        date(2024, 2, 3),
        date(2024, 3, 10),
        date(2024, 4, 1),
    ]
    assert rows[-2].event.occurred_on == date(2024, 3, 1)
    assert isinstance(rows[-1].event, e.ProgressAssessed)
    assert rows[-1].event.reply_expected_on == date(2024, 4, 8)
    assert rows[0].recorded_at == datetime(2024, 1, 15, 9, tzinfo=UTC)
    assert loading.load(tmp_path / "jeu").recorded == 0


def test_what_an_exercise_dates_after_now_is_left_out_until_then(
    ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    ledger.mark_demonstration()
    folder = _exercise(tmp_path / "jeu")
    in_march = Loading(ledger, database_url, now=lambda: datetime(2024, 3, 15, tzinfo=UTC))
    assert in_march.load(folder) == Loaded("jeu", recorded=9, repeated=0, to_come=1, last=9)
    later = Loading(ledger, database_url).load(folder)
    assert (later.recorded, later.repeated, later.to_come) == (1, 9, 0)


def test_what_is_added_before_the_end_of_an_exercise_is_recorded_now(
    loading: Loading, ledger: Ledger, database_url: str, tmp_path: Path
) -> None:
    ledger.mark_demonstration()
    loading.load(_exercise(tmp_path / "jeu"))
    more = COMMITMENT.replace("2024-001", "2024-002")
    assert loading.load(_exercise(tmp_path / "jeu", COMMITMENT + more)).recorded == 4
    ((now,),) = sql(database_url, "SELECT clock_timestamp()")
    assert all(now - row.recorded_at < timedelta(minutes=5) for row in ledger.read(SMALL + 1))


def test_the_shipped_data_sets_load_after_each_other(loading: Loading, ledger: Ledger) -> None:
    ledger.mark_demonstration()
    for name, events in (("exercice-keleya", 164), ("aige-osc-2024-07-16", 14)):
        assert loading.load(shipped() / name).recorded == events
        assert loading.load(shipped() / name).recorded == 0


def test_the_real_data_set_loads_into_a_real_ledger(loading: Loading, ledger: Ledger) -> None:
    assert loading.load(shipped() / "aige-osc-2024-07-16").recorded == 14
    with pytest.raises(psycopg.Error):
        ledger.mark_demonstration()


# ---- the exercise of Kéléya


def test_the_exercise_is_plainly_fictional() -> None:
    data_set = read_data_set(shipped() / "exercice-keleya")
    assert data_set.head.exercise
    for file in data_set.files:
        for stakeholder in file.content.stakeholder:
            assert "fictif" in stakeholder.name.fr or "fictive" in stakeholder.name.fr
            assert "fictional" in stakeholder.name.en
        for framework in file.content.framework:
            assert "(exercice)" in framework.name.fr
        for meeting in file.content.meeting:
            assert "(exercice)" in meeting.title.fr
        for commitment in file.content.commitment:
            assert commitment.reference.startswith("EX-")
            assert commitment.statement.en
        for link in file.path.read_text(encoding="utf-8").split("https://")[1:]:
            assert link.startswith("exemple.example/")


def test_the_exercise_uses_every_kind_of_event() -> None:
    used = {type(event) for event in recorded_by_heart("exercice-keleya")}
    assert used == set(e.Event.__args__)


def test_the_exercise_was_recorded_in_the_past() -> None:
    data_set = read_data_set(shipped() / "exercice-keleya")
    steps, _ = steps_of(data_set, lambda kind, name: None)
    assert steps[-1].day <= date(2026, 11, 23)


def test_the_exercise_shows_every_standing_and_every_basis() -> None:
    shown = [policies.board_status(each) for each in commitments("exercice-keleya")]
    assert {status.standing for status in shown} == set(Standing)
    assert {status.basis for status in shown} == set(Basis)
    assert {status.assessors for status in shown} >= {0, 1, 2}


def test_the_exercise_has_every_status_in_both_lanes() -> None:
    events = recorded_by_heart("exercice-keleya")
    declared = {event.status for event in events if isinstance(event, e.ProgressDeclared)}
    assessed = {event.status for event in events if isinstance(event, e.ProgressAssessed)}
    assert declared == set(Status)
    assert assessed == set(Status) - {Status.not_started}


FLAGS: dict[str, Callable[[Commitment], object]] = {
    "awaiting acknowledgement": policies.is_awaiting_acknowledgement,
    "disputed": lambda each: each.disputed_by is not None,
    "contested": policies.is_contested,
    "fulfilled late": policies.is_fulfilled_late,
    "assessors disagree": policies.assessors_disagree,
    "lanes differ": policies.lanes_differ,
    "overdue": lambda each: policies.is_overdue(each, TODAY),
    "silent": lambda each: policies.is_silent(each, TODAY),
    "due without evidence": lambda each: policies.is_due_without_evidence(each, TODAY),
    "not measurable": lambda each: not each.measure.measurable,
    "postponed once": lambda each: each.times_postponed == 1,
    "postponed twice": lambda each: each.times_postponed == 2,
    "two owners": lambda each: len(each.owners) == 2,
    "reply awaited": lambda each: any(
        not assessment.answered and assessment.reply_expected_on >= TODAY
        for assessment in each.assessments
    ),
    "milestone not reached": lambda each: any(m.reached_on is None for m in each.milestones),
    "milestone reached": lambda each: any(m.reached_on for m in each.milestones),
    "due on a date to come": lambda each: each.due.on is not None and each.due.on > TODAY,
    "due with an event": lambda each: each.due.kind is DueKind.event,
    "due at no stated time": lambda each: each.due.kind is DueKind.open,
    "of no meeting": lambda each: each.meeting is None,
}


@pytest.mark.parametrize("flag", FLAGS)
def test_the_exercise_shows_every_derived_word(flag: str) -> None:
    shown: Counter[bool] = Counter(
        bool(FLAGS[flag](each)) for each in commitments("exercice-keleya")
    )
    assert shown[True] >= 1
    assert shown[False] >= 1


def test_the_commitments_of_the_exercise_differ() -> None:
    """Two dozen, and not a crowd of the same kind."""
    found = commitments("exercice-keleya")
    assert 20 <= len(found) <= 30

    def look(each: Commitment) -> tuple[object, ...]:
        return (policies.board_status(each), *(bool(flag(each)) for flag in FLAGS.values()))

    assert len({look(each) for each in found}) >= 20
