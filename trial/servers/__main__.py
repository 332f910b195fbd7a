"""`python -m trial.servers up | down | wipe`: PostgreSQL and Kafka on this machine."""

import os
from pathlib import Path

import typer

from . import Kafka, Postgres, Trouble

app = typer.Typer(help="PostgreSQL and Kafka on this machine.", no_args_is_help=True)
DATA = Path(os.environ.get("MAZHA_DATA", ".mazha"))


def servers() -> tuple[Postgres, Kafka]:
    return Postgres(DATA / "postgres"), Kafka(DATA / "kafka")


@app.command()
def up() -> None:
    """Start both, or say where they already run."""
    postgres, kafka = servers()
    typer.echo(f"PostgreSQL  {postgres.start().url()}")
    typer.echo(f"Kafka       {kafka.start().bootstrap}")


@app.command()
def down() -> None:
    """Stop both and keep their data."""
    for server in servers():
        server.stop()


@app.command()
def wipe() -> None:
    """Stop both and forget everything."""
    for server in servers():
        server.wipe()


if __name__ == "__main__":
    try:
        app()
    except Trouble as trouble:
        raise SystemExit(str(trouble)) from None
