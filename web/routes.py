"""What each public address shows: one function for each page."""

from collections.abc import Callable

from web.pages import board, commitment, data, journal, meetings, method, stakeholders, topics
from web.visit import Download, Page, Visit

SHOWS: dict[str, Callable[[Visit], Page | Download]] = {
    "board": board.show,
    "commitment": commitment.show,
    "version": commitment.show_version,
    "meetings": meetings.show_all,
    "meeting": meetings.show,
    "stakeholders": stakeholders.show_all,
    "stakeholder": stakeholders.show,
    "topics": topics.show_all,
    "topic": topics.show,
    "journal": journal.show,
    "method": method.show,
    "data": data.show,
    "board_csv": data.board_csv,
    "board_json": data.board_json,
}
"""By the name of the address in web/addresses.py; a test holds the two tables together."""
