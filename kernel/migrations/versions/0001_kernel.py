"""The kernel's tables as they began."""

from pathlib import Path

from alembic import op

revision, down_revision = "0001", None
branch_labels, depends_on = ("kernel",), None


def upgrade() -> None:
    for statement in Path(__file__).with_suffix(".sql").read_text().split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("drop schema read cascade")
    op.execute("drop schema kernel cascade")
