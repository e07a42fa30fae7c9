"""The table of addresses and what is shown at them."""

from web.addresses import PUBLIC
from web.routes import SHOWS


def test_every_address_shows_something_and_everything_shown_has_an_address() -> None:
    assert list(SHOWS) == list(PUBLIC)


def test_no_two_pages_share_an_address() -> None:
    patterns = [pattern for each in PUBLIC.values() for pattern in (each.fr, each.en)]
    assert len(set(patterns)) == len(patterns)
