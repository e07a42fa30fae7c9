"""What can be set, and what a setting that cannot be used is told."""

from pathlib import Path

import pytest

from tracker.settings import SettingRefused, Settings


def test_nothing_needs_to_be_set() -> None:
    assert Settings.from_environment({}) == Settings(
        host="127.0.0.1",
        port=8000,
        data_dir=Path(".tracker"),
        database_url=None,
        read_database_url=None,
        public_url="http://127.0.0.1:8000",
        page_cache_mb=32,
        reply_days=7,
    )


def test_everything_can_be_set() -> None:
    given = Settings.from_environment(
        {
            "TRACKER_HOST": "0.0.0.0",
            "TRACKER_PORT": "8080",
            "TRACKER_DATA_DIR": "/srv/tracker",
            "TRACKER_DATABASE_URL": "postgresql://tracker:secret@db/tracker?sslmode=verify-full",
            "TRACKER_READ_DATABASE_URL": "postgres://reader@replica/tracker",
            "TRACKER_PUBLIC_URL": "https://engagements.example/",
            "TRACKER_PAGE_CACHE_MB": "128",
            "TRACKER_REPLY_DAYS": "14",
        }
    )
    assert given == Settings(
        host="0.0.0.0",
        port=8080,
        data_dir=Path("/srv/tracker"),
        database_url="postgresql://tracker:secret@db/tracker?sslmode=verify-full",
        read_database_url="postgres://reader@replica/tracker",
        public_url="https://engagements.example",
        page_cache_mb=128,
        reply_days=14,
    )


def test_an_empty_variable_counts_as_unset() -> None:
    empty = dict.fromkeys(
        ("TRACKER_HOST", "TRACKER_PORT", "TRACKER_DATA_DIR", "TRACKER_DATABASE_URL"), "  "
    )
    assert Settings.from_environment(empty) == Settings.from_environment({})


def test_the_public_address_follows_host_and_port() -> None:
    def public(host: str) -> str:
        return Settings.from_environment({"TRACKER_HOST": host, "TRACKER_PORT": "81"}).public_url

    assert public("10.0.0.4") == "http://10.0.0.4:81"
    assert public("::1") == "http://[::1]:81"


def test_a_home_directory_may_be_named_by_its_sign() -> None:
    data_dir = Settings.from_environment({"TRACKER_DATA_DIR": "~/record"}).data_dir
    assert data_dir == Path.home() / "record"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.5", "eighty", "٨٠", "1e3", "80 80"])
def test_a_port_that_is_none_is_refused_by_name_and_with_a_way_out(port: str) -> None:
    with pytest.raises(SettingRefused, match="TRACKER_PORT") as refused:
        Settings.from_environment({"TRACKER_PORT": port})
    assert "from 1 to 65535" in str(refused.value)
    assert "unset it to use 8000" in str(refused.value)


@pytest.mark.parametrize("name", ["TRACKER_PAGE_CACHE_MB", "TRACKER_REPLY_DAYS"])
@pytest.mark.parametrize("number", ["0", "9999", "seven"])
def test_a_number_out_of_bounds_is_refused(name: str, number: str) -> None:
    with pytest.raises(SettingRefused, match=name):
        Settings.from_environment({name: number})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_DATABASE_URL", "mysql://tracker:hush@db/tracker"),
        ("TRACKER_DATABASE_URL", "db.example/tracker?password=hush"),
        ("TRACKER_READ_DATABASE_URL", "http://hush@replica"),
        ("TRACKER_PUBLIC_URL", "javascript:hush"),
    ],
)
def test_an_address_of_another_kind_is_refused_without_repeating_it(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=name) as refused:
        Settings.from_environment({name: value})
    assert "hush" not in str(refused.value)
