"""A data set small enough to see all of, and a way to spoil it."""

from pathlib import Path
from typing import Any

HEAD = """\
[data_set]
title.fr = "Petit jeu"
recorded_by = "bureau"

[[stakeholder]]
slug = "bureau"
name.fr = "Bureau fictif"
short_name = "BF"
kind = "partner"

[[stakeholder]]
slug = "commission"
name.fr = "Commission fictive"
short_name = "CF"
kind = "emb"

[[stakeholder]]
slug = "ligue"
name.fr = "Ligue fictive"
short_name = "LF"
kind = "cso"

[[framework]]
slug = "cadre"
name.fr = "Cadre fictif"
description.fr = "Un cadre fictif."

[[meeting]]
slug = "reunion"
on = 2024-02-01
title.fr = "Réunion fictive"
venue = "Salle fictive"
attendance = ["commission", "ligue"]

[[meeting.topic]]
slug = "liste"
title.fr = "La liste"
"""

COMMITMENT = """\
[[commitment]]
reference = "2024-001"
on = 2024-02-01
meeting = "reunion"
owners = ["commission"]
topics = ["liste"]
statement.fr = "Publier la liste."
criterion.fr = "La liste est publiée."
due = { on = 2024-06-30 }

[[commitment.event]]
act = "acknowledge_commitment"
by = "commission"
on = 2024-02-03

[[commitment.event]]
act = "declare_progress"
by = "commission"
on = 2024-03-01
status = "in_progress"
note = "Les agents sont au travail."

[[commitment.event]]
act = "assess_progress"
by = "ligue"
on = 2024-04-01
status = "stalled"
rationale = "Rien n'a bougé."
evidence = [{ title = "Constat", url = "https://exemple.example/constat", seen_on = 2024-04-01 }]
"""


def written(folder: Path, commitment: str = COMMITMENT, head: str = HEAD) -> Path:
    """The folder of the data set, written: `head` in a.toml, `commitment` in b.toml."""
    folder.mkdir(exist_ok=True)
    (folder / "a.toml").write_text(head, encoding="utf-8")
    (folder / "b.toml").write_text(commitment, encoding="utf-8")
    return folder


def exercise_head() -> str:
    """HEAD as that of an exercise, which gives the day of everything."""
    head = HEAD.replace("recorded_by", "exercise = true\nrecorded_by", 1)
    for slug in ("bureau", "commission", "ligue", "cadre"):
        head = head.replace(f'\nslug = "{slug}"', f'\non = 2024-01-15\nslug = "{slug}"', 1)
    return head


def spoilt(text: str, good: str, bad: str) -> str:
    assert good in text, f"{good!r} is not in the text: the test would spoil nothing"
    return text.replace(good, bad, 1)


def line_of(text: str, part: str) -> int:
    """The line in which `part` begins."""
    return text[: text.index(part)].count("\n") + 1


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Where each value of a parsed TOML text is."""
    found = {path} if path else set()
    if isinstance(value, dict):
        return found.union(*(paths_in(inner, (*path, key)) for key, inner in value.items()))
    if isinstance(value, list):
        return found.union(*(paths_in(inner, (*path, i)) for i, inner in enumerate(value)))
    return found
