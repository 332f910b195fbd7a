"""Photos know the form that brought them, one for each matter, and whether a fact names them."""

from alembic import op

revision, down_revision = "0002", "0001"
branch_labels, depends_on = None, None

STEPS = (
    "alter table intake.photo add column form uuid",
    "update intake.photo set form = issue",
    "alter table intake.photo alter column form set not null",
    "create index on intake.photo (form)",
    "alter table intake.photo add column named boolean not null default false",
    "drop index intake.photo_at_idx",
    "create index on intake.photo (at) where not named",
)


def upgrade() -> None:
    for statement in STEPS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop index intake.photo_at_idx")
    op.execute("create index on intake.photo (at)")
    op.execute("alter table intake.photo drop column form, drop column named")
