"""Alembic's entry: migrates over the connection that `install` hands in."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="kernel_version",
    transaction_per_migration=False,
)
context.run_migrations()
