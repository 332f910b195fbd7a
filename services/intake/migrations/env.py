"""Alembic's entry for the tables of intake."""

from kernel.migrations.run import run

run("service_version")
