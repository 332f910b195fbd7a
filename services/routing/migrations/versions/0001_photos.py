"""Photos that staff sent with a form, and whether a fact names them."""

from alembic import op

revision, down_revision = "0001", None
branch_labels, depends_on = ("routing",), None

TABLES = (
    "create schema routing",
    # The files lie encrypted with the case's key; `at` says when one that no fact names is swept.
    """create table routing.photo (
         issue uuid not null, form uuid not null, id uuid not null, sha256 text not null,
         bytes bigint not null, at timestamptz not null, named boolean not null default false,
         primary key (issue, id))""",
    "create index on routing.photo (form)",
    "create index on routing.photo (at) where not named",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop schema routing cascade")
