"""The rows that a search looks into, and a way from a fact to the one that made it."""

from alembic import op

revision, down_revision = "0001", None
branch_labels, depends_on = ("audit",), None

# `subject` names the key under which the text was closed: with the key goes the row.
TABLE = """
create table audit.grams (
  subject text primary key, issue_id text not null, grams bigint[] not null)
"""


def upgrade() -> None:
    op.execute("create schema audit")
    op.execute(TABLE)
    op.execute("create index on audit.grams using gin (grams)")
    op.execute("create index journal_by_event on kernel.journal (event_id)")


def downgrade() -> None:
    op.execute("drop index kernel.journal_by_event")
    op.execute("drop schema audit cascade")
