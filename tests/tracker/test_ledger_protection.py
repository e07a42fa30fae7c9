"""What the database itself refuses, who may do what, and setting the schema up."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from tests.conftest import Server
from tests.tracker.ledger_invariants import check_invariants, progress, sql
from tracker.ledger import BackdatingRefused, Ledger, Protection, Receipt, SchemaIsNewer, install

pytestmark = pytest.mark.every_postgres

LONG_AGO = datetime(2024, 7, 16, 9, 30, tzinfo=UTC)


# ---- append only


@pytest.mark.parametrize("replica", [False, True], ids=["", "session_replication_role"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.stored_events SET topic = 'other.v1'",
        "UPDATE ledger.stored_events SET topic = 'other.v1' WHERE false",
        "DELETE FROM ledger.stored_events",
        "TRUNCATE ledger.stored_events",
        "TRUNCATE ledger.claims, ledger.stored_events",
        "INSERT INTO ledger.stored_events SELECT * FROM ledger.stored_events"
        " ON CONFLICT (notification_id) DO UPDATE SET topic = 'other.v1'",
        "UPDATE ledger.claims SET key = 'other'",
        "DELETE FROM ledger.claims",
        "TRUNCATE ledger.claims",
        "DELETE FROM ledger.head",
        "TRUNCATE ledger.head",
    ],
)
def test_what_is_recorded_cannot_be_changed_even_by_a_superuser(
    ledger: Ledger, statement: str, replica: bool
) -> None:
    ledger.record([progress()], command_key="a")
    before = list(ledger.read())
    with psycopg.connect(ledger.database_url, autocommit=True) as owner:
        if replica:
            owner.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.Error, match="append-only") as refused:
            owner.execute(statement.encode())
    assert refused.value.sqlstate == "LG002"
    assert list(ledger.read()) == before


def test_an_insert_that_takes_no_position_fails(ledger: Ledger) -> None:
    with pytest.raises(errors.NotNullViolation):
        sql(
            ledger.database_url,
            "INSERT INTO ledger.stored_events"
            " (originator_id, originator_version, topic, state, recorded_at)"
            " VALUES (%s, 1, 'made-up.v1', '{}', now())",
            uuid4(),
        )


def test_an_append_without_events_of_equal_number_fails(ledger: Ledger) -> None:
    with pytest.raises(errors.NotNullViolation):
        sql(
            ledger.database_url,
            "SELECT ledger.append(array[gen_random_uuid()], array[1, 2], array['x'],"
            " array[''::bytea], '{}', '{}', '{}')",
        )


# ---- recording dates


@pytest.mark.parametrize("given", [LONG_AGO, datetime.now(UTC), datetime(2100, 1, 1, tzinfo=UTC)])
def test_a_real_ledger_takes_no_recording_date(ledger: Ledger, given: datetime) -> None:
    with pytest.raises(BackdatingRefused, match="never backdated"):
        ledger.record([progress()], command_key="a", recorded_at=given)
    with pytest.raises(BackdatingRefused):
        ledger.append_many([progress()], recorded_at=given)
    assert ledger.head().position == 0


def test_a_demonstration_ledger_takes_dates_in_order_and_not_of_the_future(ledger: Ledger) -> None:
    ledger.mark_demonstration()
    assert ledger.head().demonstration
    ledger.record([progress()], command_key="a", recorded_at=LONG_AGO)
    next_day = LONG_AGO + timedelta(days=1)
    ledger.append_many([progress(), progress()], recorded_at=next_day)
    ledger.record([progress()], command_key="b", recorded_at=next_day)
    for refused in (LONG_AGO, datetime.now(UTC) + timedelta(minutes=1)):
        with pytest.raises(BackdatingRefused):
            ledger.record([progress()], command_key="c", recorded_at=refused)
    ledger.record([progress()], command_key="c")
    dates = [row.recorded_at for row in ledger.read()]
    assert dates[:4] == [LONG_AGO, next_day, next_day, next_day]
    assert dates[4] > datetime.now(UTC) - timedelta(minutes=1)


def test_a_dated_command_sent_again_gets_its_first_outcome(ledger: Ledger) -> None:
    ledger.mark_demonstration()
    event = progress()
    first = ledger.record([event], command_key="a", recorded_at=LONG_AGO)
    again = ledger.record([event], command_key="a", recorded_at=LONG_AGO)
    assert (first, again) == (Receipt(1, 1), Receipt(1, 1, repeated=True))


def test_only_an_empty_ledger_becomes_a_demonstration(ledger: Ledger) -> None:
    ledger.record([progress()], command_key="a")
    with pytest.raises(psycopg.Error, match="already holds events") as refused:
        ledger.mark_demonstration()
    assert refused.value.sqlstate == "LG003"
    assert not ledger.head().demonstration


def test_a_demonstration_stays_one(ledger: Ledger) -> None:
    ledger.mark_demonstration()
    ledger.record([progress()], command_key="a", recorded_at=LONG_AGO)
    ledger.mark_demonstration()
    assert ledger.head().demonstration


# ---- the application's role


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger.stored_events VALUES (gen_random_uuid(), 1, 'x', '', 1, now())",
        "INSERT INTO ledger.claims VALUES ('command:a', 1, 1)",
        "UPDATE ledger.head SET position = 10",
        "UPDATE ledger.head SET demonstration = true",
        "SELECT ledger.mark_demonstration()",
        "ALTER TABLE ledger.stored_events DISABLE TRIGGER append_only",
        "DROP TABLE ledger.stored_events",
        "CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "CREATE TABLE ledger.other ()",
    ],
)
def test_the_applications_connections_can_append_and_nothing_else(
    ledger: Ledger, statement: str
) -> None:
    if not ledger.protection().role:
        pytest.skip("this server's user may not create roles")
    with (
        ledger.recorder.datastore.pool.connection() as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())
    assert ledger.record([progress()], command_key="a") == Receipt(1, 1)


def test_the_pool_works_in_utc_and_in_the_applications_role(ledger: Ledger) -> None:
    with ledger.recorder.datastore.get_connection() as connection:
        row = connection.execute("SELECT current_user AS who, current_setting('TimeZone') AS zone")
        assert row.fetchone() == {"who": "tracker_application", "zone": "UTC"}


@contextmanager
def _owned_by(server: Server, database_url: str, rights: str) -> Iterator[str]:
    """The database's URL for a new user who owns it and is no superuser."""
    user = f"owner_{uuid4().hex[:8]}"
    name = urlsplit(database_url).path[1:]
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {user} LOGIN PASSWORD 'secret' {rights}".encode())
        admin.execute(f"ALTER DATABASE {name} OWNER TO {user}".encode())
        parts = urlsplit(database_url)
        host = parts.netloc.rpartition("@")[2]
        yield parts._replace(netloc=f"{user}:secret@{host}").geturl()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        if "CREATEROLE" in rights.split():
            admin.execute("DROP ROLE tracker_application")
        admin.execute(f"DROP ROLE {user}".encode())


def test_where_roles_cannot_be_created_the_triggers_protect(
    postgres: Server, database_url: str
) -> None:
    with _owned_by(postgres, database_url, "NOCREATEROLE") as url:
        with Ledger(url) as ledger:
            ledger.install()
            assert ledger.protection() == Protection(triggers=True, role=False)
            assert ledger.record([progress()], command_key="a") == Receipt(1, 1)
            assert ledger.record([progress()], command_key="a") == Receipt(1, 1, repeated=True)
        with pytest.raises(psycopg.Error, match="append-only"):
            sql(url, "DELETE FROM ledger.stored_events")
        check_invariants(url)


def test_a_user_who_may_create_roles_appends_in_the_applications(
    postgres: Server, database_url: str
) -> None:
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        try:
            admin.execute("DROP ROLE IF EXISTS tracker_application")
        except errors.DependentObjectsStillExist:
            pytest.skip("another database of this server uses the role")
    with _owned_by(postgres, database_url, "CREATEROLE") as url:
        with Ledger(url) as ledger:
            ledger.install()
            assert ledger.protection() == Protection(triggers=True, role=True)
            assert ledger.record([progress()], command_key="a") == Receipt(1, 1)
            with ledger.recorder.datastore.get_connection() as connection:
                row = connection.execute("SELECT current_user AS who").fetchone()
                assert row == {"who": "tracker_application"}
        check_invariants(url)


def test_a_trigger_that_was_switched_off_is_reported(ledger: Ledger) -> None:
    assert ledger.protection().triggers
    sql(ledger.database_url, "ALTER TABLE ledger.claims DISABLE TRIGGER append_only")
    assert not ledger.protection().triggers


# ---- setting the schema up

INSTALL = """
import sys
from tracker.ledger import Ledger
ledger = Ledger(sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
ledger.install()
"""


def test_six_processes_can_set_the_schema_up_at_once(database_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", INSTALL, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(6)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:  # all are loaded: now all at once
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert said == [""] * 6
    assert [process.returncode for process in processes] == [0] * 6
    with Ledger(database_url) as ledger:
        assert ledger.record([progress()], command_key="a") == Receipt(1, 1)


def test_setting_up_again_changes_nothing(ledger: Ledger) -> None:
    ledger.record([progress()], command_key="a")
    before = list(ledger.read())
    ledger.install()
    # And when a database was left half-way, or by a version before: every statement runs again.
    sql(ledger.database_url, "COMMENT ON SCHEMA ledger IS NULL")
    ledger.install()
    assert list(ledger.read()) == before
    assert ledger.protection().triggers


def test_a_start_waits_for_no_append_that_is_under_way(ledger: Ledger) -> None:
    with psycopg.connect(ledger.database_url) as appending:
        appending.execute("SELECT * FROM ledger.head FOR UPDATE")
        with psycopg.connect(ledger.database_url, autocommit=True) as starting:
            starting.execute("SET lock_timeout = '1s'")
            install(starting)


def test_a_database_of_a_later_version_is_left_alone(ledger: Ledger) -> None:
    sql(
        ledger.database_url,
        "COMMENT ON SCHEMA ledger IS 'commitment-tracker ledger, version 9999'",
    )
    with pytest.raises(SchemaIsNewer, match="9999"):
        ledger.install()
