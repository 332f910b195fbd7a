"""Brings the tables of a store up to date. Only the migrations job imports Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

HERE = Path(__file__).parent


async def install(url: str, own: Path | None = None) -> None:
    """`url` as for the service, with the right to create schemas. `own`: the folder of the
    migrations of the service itself, which come after the kernel's."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            for folder in (HERE, own):
                if folder is not None and folder.is_dir():
                    await connection.run_sync(upgrade, folder)
    finally:
        await engine.dispose()


def upgrade(connection: Connection, folder: Path = HERE) -> None:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
