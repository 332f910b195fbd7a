"""Credentials and sessions as they began."""

from alembic import op

revision, down_revision = "0001", None
branch_labels, depends_on = ("directory",), None


def upgrade() -> None:
    op.execute("create schema directory")
    op.execute("""
        create table directory.credentials (
          login text primary key, account uuid not null unique, password text not null,
          failures int not null default 0, locked_until timestamptz)
    """)
    # The cookie's value is hashed here: who reads this table can sign in as nobody.
    op.execute("""
        create table directory.sessions (
          id bytea primary key, account uuid not null, seat uuid,
          opened_at timestamptz not null, used_at timestamptz not null)
    """)
    op.execute("create index on directory.sessions (used_at)")


def downgrade() -> None:
    op.execute("drop schema directory cascade")
