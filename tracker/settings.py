"""What can be set from outside, all of it through the environment.

docs/operations.md has the table; tests/docs/test_settings_table.py keeps it complete.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from msgspec import Struct


class SettingRefused(Exception):
    """A setting cannot be used. The message names it and says what would do."""


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of one process. `database_url` None means the embedded PostgreSQL."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".tracker")
    database_url: str | None = None
    read_database_url: str | None = None
    public_url: str = ""
    page_cache_mb: int = 32
    reply_days: int = 7

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Reads TRACKER_…; an empty variable counts as unset. Raises SettingRefused."""

        def text(name: str, default: str) -> str:
            return environment.get(name, "").strip() or default

        def number(name: str, default: int, least: int, most: int) -> int:
            value = text(name, str(default))
            if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
                raise SettingRefused(
                    f"{name} is {value!r}, which is not a whole number from {least} to {most}. "
                    f"Set it to such a number, or unset it to use {default}."
                )
            return int(value)

        def url(name: str, schemes: tuple[str, ...]) -> str | None:
            value = text(name, "")
            if value and urlsplit(value).scheme not in schemes:
                wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
                # The value is not repeated: it may hold a password.
                raise SettingRefused(
                    f"{name} is not an address like {wanted}. Correct or unset it."
                )
            return value or None

        host = text("TRACKER_HOST", "127.0.0.1")
        port = number("TRACKER_PORT", 8000, 1, 65_535)
        postgres = ("postgresql", "postgres")
        public = url("TRACKER_PUBLIC_URL", ("http", "https"))
        return cls(
            host=host,
            port=port,
            data_dir=Path(text("TRACKER_DATA_DIR", ".tracker")).expanduser(),
            database_url=url("TRACKER_DATABASE_URL", postgres),
            read_database_url=url("TRACKER_READ_DATABASE_URL", postgres),
            public_url=(public or f"http://{_in_address(host)}:{port}").rstrip("/"),
            page_cache_mb=number("TRACKER_PAGE_CACHE_MB", 32, 1, 4_096),
            reply_days=number("TRACKER_REPLY_DAYS", 7, 1, 90),
        )


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
