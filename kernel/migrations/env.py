"""Alembic's entry for the kernel's own tables."""

from kernel.migrations.run import run

run("kernel_version")
