"""Alembic's entry for the tables that audit keeps besides its read models."""

from kernel.migrations.run import run

run("service_version")
