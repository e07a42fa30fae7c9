-- The ledger's schema. tracker.ledger_connections.install runs it in one transaction under an
-- advisory lock; every statement may run again on a database that already has it.

CREATE SCHEMA IF NOT EXISTS ledger;

-- ---- tables -------------------------------------------------------------------------------------

-- One row that every append updates first. Its lock makes positions gapless and visible in order: a
-- reader that has seen position n has seen every position before n.
CREATE TABLE IF NOT EXISTS ledger.head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    position bigint NOT NULL DEFAULT 0,
    recorded_at timestamptz,
    demonstration boolean NOT NULL DEFAULT false
) WITH (fillfactor = 10);  -- room on its page for the row's new versions: none needs an index entry
INSERT INTO ledger.head DEFAULT VALUES ON CONFLICT DO NOTHING;

-- notification_id (the library's word) is the position. It has no default: an INSERT that goes
-- around ledger.append fails instead of taking a number that nobody handed out.
CREATE TABLE IF NOT EXISTS ledger.stored_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT stored_events_pkey PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX IF NOT EXISTS stored_events_position ON ledger.stored_events (notification_id);

-- What only one command may have: its own key, a reference, a slug. The positions are the outcome
-- of the command that made the claim.
CREATE TABLE IF NOT EXISTS ledger.claims (
    key text NOT NULL CONSTRAINT claims_pkey PRIMARY KEY,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    CHECK (0 < first_position AND first_position <= last_position)
);

-- ---- append only --------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: the ledger is append-only',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'LG002', HINT = 'Record a further event that corrects what is wrong.';
END $$;

-- Once for each statement, so an append pays nothing for them. ALWAYS: session_replication_role,
-- which switches ordinary triggers off, does not switch these off.
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.stored_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.stored_events ENABLE ALWAYS TRIGGER append_only;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.claims
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.claims ENABLE ALWAYS TRIGGER append_only;
CREATE OR REPLACE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger.head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER append_only;

-- ---- append -------------------------------------------------------------------------------------

-- Everything of one or several commands in one transaction and one round trip: all of it or
-- nothing. Events get the next positions in the order given. p_claim_firsts and p_claim_lasts say
-- which of them, counted from 1, are the outcome of the command that makes the claim.
-- A unique violation means that a stream was at another version or a key was claimed; the position
-- goes back with everything else, so a refused append leaves no gap.
--
-- SECURITY DEFINER, so that the application's role needs no right to write any table: all it can do
-- to the ledger is to append, with positions and dates that are the ledger's own.
CREATE OR REPLACE FUNCTION ledger.append(
    p_originator_ids uuid[], p_originator_versions bigint[], p_topics text[], p_states bytea[],
    p_claims text[], p_claim_firsts bigint[], p_claim_lasts bigint[],
    p_recorded_at timestamptz DEFAULT NULL,
    OUT first_position bigint, OUT last_position bigint, OUT taken_at timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    demonstration boolean;
BEGIN
    UPDATE ledger.head AS h SET
        position = h.position + cardinality(p_originator_ids),
        -- Never before the last one, even when the server's clock was set back: in the order of
        -- positions dates never decrease, which is what lets a date stand for a position.
        recorded_at = greatest(h.recorded_at, coalesce(p_recorded_at, clock_timestamp()))
    RETURNING h.position, h.recorded_at, h.demonstration
        INTO STRICT last_position, taken_at, demonstration;
    first_position := last_position - cardinality(p_originator_ids) + 1;

    IF p_recorded_at IS NOT NULL THEN
        IF NOT demonstration OR taken_at <> p_recorded_at OR p_recorded_at > clock_timestamp() THEN
            RAISE EXCEPTION 'recording at % is refused', p_recorded_at USING ERRCODE = 'LG001',
                DETAIL = 'Only a demonstration ledger takes a recording date, not before the last '
                    'one recorded and not in the future. A real ledger is never backdated.';
        END IF;
    END IF;

    INSERT INTO ledger.stored_events
        (originator_id, originator_version, topic, state, notification_id, recorded_at)
    SELECT e.originator_id, e.originator_version, e.topic, e.state,
        first_position + e.n - 1, taken_at
    FROM unnest(p_originator_ids, p_originator_versions, p_topics, p_states) WITH ORDINALITY
        AS e (originator_id, originator_version, topic, state, n);

    INSERT INTO ledger.claims (key, first_position, last_position)
    SELECT c.key, append.first_position + c.f - 1, append.first_position + c.l - 1
    FROM unnest(p_claims, p_claim_firsts, p_claim_lasts) AS c (key, f, l);

    PERFORM pg_notify('ledger', last_position::text);
END $$;

-- A demonstration data set needs plausible recording dates. Only an empty ledger can become one
-- that takes them, so a ledger that holds real events cannot.
CREATE OR REPLACE FUNCTION ledger.mark_demonstration() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE ledger.head AS h SET demonstration = true WHERE h.position = 0 OR h.demonstration;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this ledger already holds events: it cannot become a demonstration'
            USING ERRCODE = 'LG003';
    END IF;
END $$;

-- ---- the application's role ---------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;

-- Where roles cannot be created, the triggers alone protect; Ledger.protection() tells.
DO $$
BEGIN
    BEGIN
        CREATE ROLE tracker_application NOLOGIN;
    EXCEPTION
        -- Roles are the whole server's: another database's set-up may have made it, even just now.
        WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
    END;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tracker_application') THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA ledger TO tracker_application;
    GRANT SELECT ON ledger.stored_events, ledger.claims, ledger.head TO tracker_application;
    GRANT EXECUTE ON FUNCTION ledger.append TO tracker_application;
    -- So that the user who set this up can SET ROLE to it. A superuser can without, and concurrent
    -- grants of one role from several databases would fail on each other.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        BEGIN
            EXECUTE format('GRANT tracker_application TO %I', current_user);
        EXCEPTION
            WHEN insufficient_privilege OR unique_violation OR internal_error THEN NULL;
        END;
    END IF;
END $$;
