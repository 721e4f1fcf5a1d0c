"""Snapshots of the state, beside the journal: nothing that the journal does not hold, and never believed without its word."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Pieces are compressed by nobody: what is read at a start is read as fast as the disk gives it.
TABLES = """
CREATE TABLE state_snapshot (
    seq     bigint PRIMARY KEY CHECK (seq > 0),
    hash    bytea NOT NULL CHECK (length(hash) = 32),
    chain   bytea NOT NULL CHECK (length(chain) = 32),
    size    bigint NOT NULL,
    pieces  integer NOT NULL,
    shape   text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE state_snapshot_piece (
    seq    bigint NOT NULL REFERENCES state_snapshot ON DELETE CASCADE,
    number integer NOT NULL,
    data   bytea STORAGE EXTERNAL NOT NULL,
    PRIMARY KEY (seq, number)
);
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """A snapshot can be made again."""
    op.execute("DROP TABLE state_snapshot_piece, state_snapshot")
