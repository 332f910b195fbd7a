"""`python -m trial.servers up | down | wipe`: PostgreSQL and Kafka on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from . import Kafka, Postgres, Trouble

app = typer.Typer(help="PostgreSQL and Kafka on this machine.", no_args_is_help=True)
Data = Annotated[Path, typer.Option(envvar="MAZHA_DATA", help="where both keep what they know")]
HERE = Path(".mazha")


def servers(data: Path) -> tuple[Postgres, Kafka]:
    return Postgres(data / "postgres"), Kafka(data / "kafka")


@app.command()
def up(data: Data = HERE) -> None:
    """Start both, or say where they already run."""
    postgres, kafka = servers(data)
    typer.echo(f"PostgreSQL  {postgres.start().url()}")
    typer.echo(f"Kafka       {kafka.start().bootstrap}")


@app.command()
def down(data: Data = HERE) -> None:
    """Stop both and keep their data."""
    for server in servers(data):
        server.stop()


@app.command()
def wipe(data: Data = HERE) -> None:
    """Stop both and forget everything."""
    for server in servers(data):
        server.wipe()


if __name__ == "__main__":
    try:
        app()
    except Trouble as trouble:
        raise SystemExit(str(trouble)) from None
