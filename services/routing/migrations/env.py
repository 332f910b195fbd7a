"""Alembic's entry for the tables that routing keeps besides its read models."""

from kernel.migrations.run import run

run("service_version")
