"""A data file that cannot be read is told with its file, its line, its field and what would do."""

from pathlib import Path

import pytest

from tests.tracker.small_data_set import COMMITMENT, HEAD, exercise_head, line_of, spoilt, written
from tracker.data_files import LARGEST_FILE, DataFault, read_data_set
from tracker.data_names import Names
from tracker.data_steps import Step, steps_of

# ---- what a person can get wrong


def _steps(folder: Path) -> tuple[list[Step], Names]:
    return steps_of(read_data_set(folder), lambda kind, name: None)


def _fault(folder: Path) -> DataFault:
    with pytest.raises(DataFault) as raised:
        _steps(folder)
    return raised.value


def test_a_good_data_set_is_read(tmp_path: Path) -> None:
    steps, _ = _steps(written(tmp_path / "jeu"))
    assert [step.use_case for step in steps] == [
        *["register_stakeholder"] * 3,
        "establish_framework",
        "hold_meeting",
        "discuss_topic",
        "make_commitment",
        "acknowledge_commitment",
        "declare_progress",
        "assess_progress",
    ]


# What it is spoilt with, the line of b.toml that is named, the field, and what is said.
SPOILT: dict[str, tuple[str, str, str, str, str]] = {
    "an unclosed text": ('fr = "Publier la liste."', 'fr = "Publier', "statement.fr", "", "TOML"),
    "no value": ("on = 2024-02-01", "on =", "on =", "", "TOML"),
    "a day that does not exist": (
        "2024-02-01",
        "2024-02-31",
        "on = 2024-02-31",
        "",
        "no such date",
    ),
    "a key given twice": (
        'meeting = "reunion"',
        'on = 2024-02-01\nmeeting = "reunion"',
        "on = 2024-02-01\nmeeting",
        "",
        "TOML",
    ),
    "a text for a date": ("on = 2024-03-01", 'on = "en mars"', 'on = "en mars', "on", "date"),
    "a date with an hour": (
        "on = 2024-03-01",
        "on = 2024-03-01T10:00:00",
        "on = 2024-03-01T",
        "on",
        "a date such as 2024-07-16",
    ),
    "a number for a text": ('note = "Les', "note = 4 #", "note = 4", "note", "a text"),
    "a text for a list": (
        'owners = ["commission"]',
        'owners = "commission"',
        "owners",
        "owners",
        "list",
    ),
    "a text for a table": (
        'statement.fr = "Publier la liste."',
        'statement = "Publier la liste."',
        "statement =",
        "statement",
        "a table",
    ),
    "a misspelt key": ("note =", "notes =", "notes =", "notes", "Did you mean “note”?"),
    "a key of another act": (
        "note =",
        "rationale =",
        'rationale = "Les',
        "rationale",
        "no such key",
    ),
    "a language that is not there": (
        "statement.fr =",
        'statement.bm = "x"\nstatement.fr =',
        "statement.bm",
        "statement.bm",
        "Known: en, fr",
    ),
    "a missing key": (
        'note = "Les agents sont au travail."\n',
        "",
        '[[commitment.event]]\nact = "declare',
        "note",
        "missing here",
    ),
    "an unknown status": ('"in_progress"', '"en_cours"', 'status = "en', "status", "in_progress"),
    "an unknown act": (
        '"declare_progress"',
        '"declare_progres"',
        'act = "declare',
        "act",
        "Did you mean “declare_progress”?",
    ),
    "no act": (
        'act = "declare_progress"\n',
        "",
        "[[commitment.event]]\nby",
        "act",
        "missing here",
    ),
    "no criterion": (
        'criterion.fr = "La liste est publiée."\n',
        "",
        "[[commitment]]",
        "commitment",
        "criterion",
    ),
    "a criterion for the unmeasurable": (
        "due = {",
        "measurable = false\ndue = {",
        "[[commitment]]",
        "commitment",
        "not both",
    ),
    "two kinds of due": ("due = {", "due = { open = true,", "due = {", "due", "one of three"),
    "evidence without address": (
        'url = "https://exemple.example/constat", ',
        "",
        "evidence =",
        "evidence",
        "either a link",
    ),
    "a capacity that is not one": (
        'by = "ligue"',
        'by = "ligue"\ncapacity = "juge"',
        "capacity",
        "capacity",
        "owner, assessor, secretariat",
    ),
    "an unknown owner": ('["commission"]', '["comission"]', "owners", "owners", "“commission”?"),
    "an unknown actor": (
        'by = "ligue"',
        'by = "ligues"',
        'by = "ligues',
        "by",
        "Did you mean “ligue”?",
    ),
    "an unknown meeting": (
        '"reunion"',
        '"reunions"',
        "meeting =",
        "meeting",
        "no meeting “reunions”",
    ),
    "an unknown topic": ('["liste"]', '["listes"]', "topics", "topics", "no topic “listes”"),
    "an unknown framework": (
        "owners =",
        'framework = "autre"\nowners =',
        "framework",
        "framework",
        "no framework “autre”",
    ),
    "a date of recording in a real record": (
        "on = 2024-03-01",
        "on = 2024-03-01\nrecorded_on = 2024-03-02",
        "recorded_on",
        "recorded_on",
        "only an exercise",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_wrong_is_told_with_file_line_and_field(tmp_path: Path, what: str) -> None:
    good, bad, at, field, said = SPOILT[what]
    text = spoilt(COMMITMENT, good, bad)
    folder = written(tmp_path / "jeu", text)
    fault = _fault(folder)
    assert (fault.file, fault.line, fault.field) == (
        folder / "b.toml",
        line_of(text, at),
        field,
    )
    assert said in fault.what
    assert str(fault).startswith(f"{folder / 'b.toml'}, line {fault.line}")


def test_a_name_given_twice_names_both_lines(tmp_path: Path) -> None:
    fault = _fault(written(tmp_path / "jeu", COMMITMENT + "\n" + COMMITMENT))
    second = len(COMMITMENT.splitlines()) + 3
    assert (fault.line, fault.field) == (second, "reference")
    assert "b.toml, line 2" in fault.what


def test_a_keeper_of_the_record_that_does_not_exist_is_told_in_the_head(tmp_path: Path) -> None:
    head = spoilt(HEAD, 'recorded_by = "bureau"', 'recorded_by = "bureaux"')
    fault = _fault(written(tmp_path / "jeu", head=head))
    assert (fault.file.name, fault.line, fault.field) == ("a.toml", 3, "data_set.recorded_by")
    assert "Did you mean “bureau”?" in fault.what


def test_an_exercise_gives_the_day_of_everything(tmp_path: Path) -> None:
    head = spoilt(HEAD, "recorded_by", "exercise = true\nrecorded_by")
    fault = _fault(written(tmp_path / "jeu", head=head))
    assert (fault.file.name, fault.line) == ("a.toml", line_of(head, "[[stakeholder]]"))
    assert "`on`" in fault.what


def test_an_exercise_stands_in_the_order_of_recording(tmp_path: Path) -> None:
    text = spoilt(COMMITMENT, "on = 2024-04-01\nstatus", "on = 2024-02-15\nstatus")
    fault = _fault(written(tmp_path / "jeu", text, exercise_head()))
    assert fault.line == line_of(text, '[[commitment.event]]\nact = "assess')
    assert "order of recording" in fault.what


def test_a_real_record_can_add_an_older_fact_at_the_end(tmp_path: Path) -> None:
    text = spoilt(COMMITMENT, "on = 2024-04-01\nstatus", "on = 2024-02-15\nstatus")
    steps, _ = _steps(written(tmp_path / "jeu", text))
    assert [step.use_case for step in steps[-2:]] == ["declare_progress", "assess_progress"]


def test_a_recording_before_the_fact_is_refused(tmp_path: Path) -> None:
    text = spoilt(COMMITMENT, "on = 2024-03-01", "on = 2024-03-01\nrecorded_on = 2024-02-29")
    fault = _fault(written(tmp_path / "jeu", text, exercise_head()))
    assert (fault.line, fault.field) == (line_of(text, "recorded_on"), "recorded_on")


def test_a_folder_without_a_data_set_says_what_to_add(tmp_path: Path) -> None:
    (tmp_path / "jeu").mkdir()
    assert "data_set.toml" in _fault(tmp_path / "jeu").what
    assert "No such file" in _fault(tmp_path / "rien").what
    (tmp_path / "Jeu Final").mkdir()
    assert "lower-case" in _fault(tmp_path / "Jeu Final").what


def test_two_heads_are_one_too_many(tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu", COMMITMENT + HEAD[: HEAD.index("[[")])
    fault = _fault(folder)
    assert (fault.file.name, fault.field) == ("b.toml", "data_set")
    assert "a.toml" in fault.what


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu")
    (folder / "b.toml").write_bytes(COMMITMENT.replace("publiée", "publi\xe9e").encode("latin-1"))
    fault = _fault(folder)
    assert (fault.line, "UTF-8" in fault.what) == (line_of(COMMITMENT, "criterion"), True)


def test_a_file_as_windows_writes_it_is_read(tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu")
    text = spoilt(COMMITMENT, "status =", "statut =").replace("\n", "\r\n")
    (folder / "b.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    fault = _fault(folder)
    assert (fault.line, fault.field) == (line_of(COMMITMENT, "status ="), "statut")


def test_a_control_character_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu", spoilt(COMMITMENT, "Publier", "Publier\x00"))
    assert _fault(folder).line == line_of(COMMITMENT, "statement")


def test_a_file_that_nobody_can_have_written_is_not_read(tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu")
    with (folder / "b.toml").open("ab") as file:
        file.truncate(LARGEST_FILE + 1)
    assert "Split it" in _fault(folder).what


def test_lists_that_are_nested_without_end_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "jeu", "x = " + "[" * 100_000 + "]" * 100_000)
    assert "nested" in _fault(folder).what
