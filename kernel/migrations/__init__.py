"""The kernel's own tables, as an Alembic branch of their own: run before a service's migrations."""
