"""Where in the journal an id is named: a read model, made from the journal by whoever searches, and safe to empty."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
-- Ids as hashes, places as blocks of records: a search reads the blocks and looks for the id itself (oms.journal.indexing).
CREATE TABLE journal_index (
    id_hash bigint NOT NULL,
    block   bigint NOT NULL,
    PRIMARY KEY (id_hash, block)
);

CREATE TABLE journal_index_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL
);

INSERT INTO journal_index_head (seq) VALUES (0);
"""


def upgrade() -> None:
    """Two tables that the journal's writer never touches."""
    op.execute(TABLES)


def downgrade() -> None:
    """Nothing is lost: the index is made again from the journal."""
    op.execute("DROP TABLE journal_index, journal_index_head")
