"""Photos know the form that brought them; here one form is one matter."""

from alembic import op

revision, down_revision = "0002", "0001"
branch_labels, depends_on = None, None

STEPS = (
    "alter table intake.photo add column form uuid",
    "update intake.photo set form = issue",
    "alter table intake.photo alter column form set not null",
    "create index on intake.photo (form)",
)


def upgrade() -> None:
    for statement in STEPS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("alter table intake.photo drop column form")
