"""The journal: records, batches, the head that orders and fences, the watermarks of inbound sessions."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE journal_record (
    seq     bigint PRIMARY KEY CHECK (seq > 0),
    epoch   bigint NOT NULL,
    at_ns   bigint NOT NULL,
    kind    text NOT NULL,
    version smallint NOT NULL,
    key     text NOT NULL,
    payload bytea NOT NULL
) PARTITION BY RANGE (seq);

CREATE TABLE journal_batch (
    first_seq bigint NOT NULL UNIQUE,
    last_seq  bigint PRIMARY KEY CHECK (last_seq >= first_seq),
    epoch     bigint NOT NULL,
    root      bytea NOT NULL CHECK (length(root) = 32),
    chain     bytea NOT NULL CHECK (length(chain) = 32)
);

-- One row, updated by every batch: room on its page keeps those updates off the index (HOT).
CREATE TABLE journal_head (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq   bigint NOT NULL,
    epoch bigint NOT NULL,
    chain bytea NOT NULL CHECK (length(chain) = 32)
) WITH (fillfactor = 10);

CREATE TABLE journal_watermark (
    session       text NOT NULL,
    session_epoch integer NOT NULL,
    next_target   bigint NOT NULL,
    PRIMARY KEY (session, session_epoch)
) WITH (fillfactor = 10);

-- The chain of a journal that holds nothing: sha256('fixgate journal' and a newline).
INSERT INTO journal_head (seq, epoch, chain) VALUES (0, 0, sha256('fixgate journal\\012'::bytea));
"""

INSERT_ONLY = """
CREATE FUNCTION journal_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % refused: the journal is insert-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'JN003';
END
$$;

CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON journal_record
    FOR EACH ROW EXECUTE FUNCTION journal_is_insert_only();
CREATE TRIGGER insert_only_truncate BEFORE TRUNCATE ON journal_record
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_insert_only();
CREATE TRIGGER insert_only BEFORE UPDATE OR DELETE ON journal_batch
    FOR EACH ROW EXECUTE FUNCTION journal_is_insert_only();
CREATE TRIGGER insert_only_truncate BEFORE TRUNCATE ON journal_batch
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_insert_only();
"""

# Attached and not created as a partition: that takes no lock that a reader or the writer would wait for. Of two writers that
# take over at once the second finds the partition made.
PARTITION = """
CREATE FUNCTION journal_partitioned_to() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(max((regexp_match(pg_get_expr(child.relpartbound, child.oid), 'TO \\(''(\\d+)''\\)'))[1]::bigint), 0)
    FROM pg_inherits JOIN pg_class AS child ON child.oid = pg_inherits.inhrelid
    WHERE pg_inherits.inhparent = 'journal_record'::regclass
$$;

CREATE FUNCTION journal_add_partition(from_seq bigint, to_seq bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    name text := 'journal_record_' || from_seq;
BEGIN
    LOCK TABLE journal_record IN SHARE UPDATE EXCLUSIVE MODE;
    IF journal_partitioned_to() = from_seq THEN
        EXECUTE format('CREATE TABLE %I (LIKE journal_record INCLUDING ALL)', name);
        EXECUTE format('CREATE TRIGGER insert_only_truncate BEFORE TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION journal_is_insert_only()', name);
        EXECUTE format('ALTER TABLE journal_record ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', name, from_seq, to_seq);
    END IF;
    RETURN journal_partitioned_to();
END
$$;
"""

APPEND = """
CREATE FUNCTION journal_append(
    previous_seq bigint, writer_epoch bigint, new_root bytea, new_chain bytea,
    at_ns bigint[], kind text[], version smallint[], key text[], payload bytea[],
    sessions text[], session_epochs integer[], befores bigint[], afters bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    new_seq bigint := previous_seq + cardinality(at_ns);
BEGIN
    -- Order, fence and proof of commit: no other batch can have moved the head from here.
    UPDATE journal_head SET seq = new_seq, chain = new_chain WHERE seq = previous_seq AND epoch = writer_epoch;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the head is no longer at % in epoch %', previous_seq, writer_epoch USING ERRCODE = 'JN001';
    END IF;

    INSERT INTO journal_record (seq, epoch, at_ns, kind, version, key, payload)
    SELECT previous_seq + r.position, writer_epoch, r.at_ns, r.kind, r.version, r.key, r.payload
    FROM unnest(journal_append.at_ns, journal_append.kind, journal_append.version, journal_append.key, journal_append.payload)
        WITH ORDINALITY AS r (at_ns, kind, version, key, payload, position);
    INSERT INTO journal_batch (first_seq, last_seq, epoch, root, chain)
    VALUES (previous_seq + 1, new_seq, writer_epoch, new_root, new_chain);

    FOR i IN 1 .. cardinality(sessions) LOOP
        IF befores[i] IS NULL THEN
            INSERT INTO journal_watermark (session, session_epoch, next_target)
            VALUES (sessions[i], session_epochs[i], afters[i]) ON CONFLICT DO NOTHING;
        ELSE
            UPDATE journal_watermark SET next_target = afters[i]
            WHERE session = sessions[i] AND session_epoch = session_epochs[i] AND next_target = befores[i];
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'session % in epoch % does not expect %', sessions[i], session_epochs[i],
                coalesce(befores[i]::text, 'its first number') USING ERRCODE = 'JN002';
        END IF;
    END LOOP;
END
$$;
"""


def upgrade() -> None:
    """Make the tables, and the functions that are the only way in."""
    for step in (TABLES, INSERT_ONLY, PARTITION, APPEND):
        op.execute(step)


def downgrade() -> None:
    """There is no way back: dropping the journal drops the truth."""
    raise NotImplementedError("the journal is not dropped by a migration")
