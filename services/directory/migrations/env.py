"""Alembic's entry for directory's own tables."""

from kernel.migrations.run import run

run("service_version")
