"""What is kept of residents beside their facts: nothing of it tells who somebody is."""

from alembic import op

revision, down_revision = "0001", None
branch_labels, depends_on = ("intake",), None

TABLES = (
    "create schema intake",
    # One row for each form that was sent, also for one that was refused; `mark` is keyed.
    """create table intake.sent (
         issue uuid primary key, reporter uuid not null, mark bytea not null,
         at timestamptz not null)""",
    "create index on intake.sent (mark)",
    "create index on intake.sent (at)",
    # The files lie encrypted with the reporter's key; `at` says when one that nobody sent is swept.
    """create table intake.photo (
         issue uuid not null, id uuid not null, sha256 text not null, bytes bigint not null,
         at timestamptz not null, primary key (issue, id))""",
    "create index on intake.photo (at)",
    """create table intake.passcode (
         id bigint generated always as identity primary key, issue uuid not null,
         mark bytea not null, at timestamptz not null, tries int not null default 0)""",
    "create index on intake.passcode (issue, at)",
    # Who was told a name or a telephone number, and what for.
    """create table intake.look (
         id bigint generated always as identity primary key, issue uuid not null,
         asked_by text not null, purpose text not null, at timestamptz not null)""",
    "create index on intake.look (issue, at)",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop schema intake cascade")
