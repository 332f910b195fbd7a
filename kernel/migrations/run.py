"""What every env.py of Alembic does: migrate over the connection that `install` hands in."""

from alembic import context


def run(version_table: str) -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        version_table=version_table,
        transaction_per_migration=False,
    )
    context.run_migrations()
