"""`mazha`: a whole city on this machine, or any of its services where a city runs them.

`up` and `fresh` bring servers and sample people along; a city that has neither needs no more than
the others do, so what they need is imported by them alone.
"""

import asyncio
import os
import shlex
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kernel.decider import Refused
from kernel.web.build import server
from kernel.web.log import configure
from kernel.web.settings import WrongSettings
from registry.settings import on_asyncpg
from skin.words import words
from trial import founding, preparing, serving
from trial.keys import fresh as fresh_key
from trial.keys import keys as city_keys
from trial.preparing import services
from trial.trouble import Trouble

app = typer.Typer(
    help="Mazha 马扎: a city's deliberation.", no_args_is_help=True, pretty_exceptions_enable=False
)
Names = Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(preparing.ALL)}; else all")]
Data = Annotated[Path, typer.Option(envvar="MAZHA_HOME", help="where the trial keeps everything")]
Port = Annotated[int, typer.Option(envvar="MAZHA_PORT", help="where the city is found")]
Empty = Annotated[bool, typer.Option("--empty", help="a new city has its people, and no matters")]
OwnPort = Annotated[
    int | None,
    typer.Option(envvar="MAZHA_PORT", help="else that of its settings, if it runs alone"),
]
Host = Annotated[str, typer.Option(envvar="MAZHA_HOST", help="the address it listens on")]
Broker = Annotated[str, typer.Option(envvar="MAZHA_KAFKA", help="host:port of the brokers")]
Prefix = Annotated[str, typer.Option(envvar="MAZHA_TOPIC_PREFIX", help="put before every topic")]
Partitions = Annotated[int, typer.Option(min=1, help="of each topic that is not there yet")]
Replicas = Annotated[int, typer.Option(min=1, help="copies of each, on as many brokers")]
Password = Annotated[
    str,
    typer.Option(
        envvar="MAZHA_ADMIN_PASSWORD",
        prompt=True,
        confirmation_prompt=True,
        hide_input=True,
        help="of the first account, `admin`",
    ),
]
HERE, PORT = Path(".mazha"), 8000


@app.command()
def serve(names: Names = None, host: Host = "127.0.0.1", port: OwnPort = None) -> None:
    """Run these services, or all, against the addresses in the environment."""
    configure()
    parts = serving.built(chosen(names))
    own = parts[0].running.settings.port if len(parts) == 1 else PORT
    with ends_by_signal():
        server(serving.city(parts), host, port or own).run()


@app.command()
def keys() -> None:
    """Print new keys for a city, as settings; what they close, no others open."""
    for name, value in city_keys(preparing.ALL, fresh_key).items():
        typer.echo(f"{name}={shlex.quote(value)}")


@app.command()
def migrate(names: Names = None) -> None:
    """Bring the tables of these services, or of all, up to date; asked again it does nothing."""
    urls = databases(chosen(names))
    asyncio.run(preparing.migrate(urls))
    typer.echo(f"tables are up to date: {', '.join(urls)}")


@app.command()
def topics(
    kafka: Broker, prefix: Prefix = "", partitions: Partitions = 12, replicas: Replicas = 1
) -> None:
    """Make the topics that are not there yet; those that are stay as they are."""
    given = (prefix, partitions, replicas)
    asyncio.run(preparing.make_topics(kafka, tuple(preparing.TOPICS), *given))
    typer.echo(f"topics are there: {', '.join(prefix + name for name in preparing.TOPICS)}")


@app.command()
def found(password: Password) -> None:
    """Open Lanzhou's divisions and the first account, once, in directory's database."""
    try:
        opened = asyncio.run(founding.found(password))
    except Refused as no:
        raise Trouble(words(no.code, "en", no.words)) from None
    typer.echo(f"{opened} divisions are opened; {founding.ADMIN} may sign in")


@app.command()
def up(data: Data = HERE, port: Port = PORT, empty: Empty = False) -> None:
    """A whole city on this machine; Ctrl-C stops it, and nothing is lost."""
    from trial import whole

    with ends_by_signal():
        whole.up(data, port, empty)


@app.command()
def fresh(data: Data = HERE, port: Port = PORT, empty: Empty = False) -> None:
    """Forget the city of this folder and begin a new one."""
    from trial import whole

    with ends_by_signal():
        whole.fresh(data, port, empty)


def chosen(names: Sequence[str] | None) -> Sequence[str]:
    here = services()
    if strange := [name for name in names or () if name not in here]:
        raise Trouble(f"no such service here: {', '.join(strange)}; there are {', '.join(here)}")
    return names or here


def databases(names: Sequence[str]) -> Mapping[str, str]:
    """Migrations need no other setting."""
    keys = {name: f"MAZHA_{name.upper()}_DATABASE_URL" for name in names}
    if missing := [key for key in keys.values() if key not in os.environ]:
        raise WrongSettings("\n".join(f"{key}: Field required" for key in missing))
    return {name: on_asyncpg(os.environ[key]) for name, key in keys.items()}


@contextmanager
def ends_by_signal() -> Iterator[None]:
    """Whoever asks for the end gets it, and that is no failure.

    SIGTERM is as Ctrl-C: asyncio then ends the loop in order, while an exception out of a handler
    would leave its threads behind, for which Python waits for ever.
    """
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(0) from None


def main() -> None:
    try:
        app()
    except (Trouble, WrongSettings) as trouble:
        raise SystemExit(str(trouble)) from None


if __name__ == "__main__":
    main()
