"""The city that one test run shares: `mazha up` as a program, with real PostgreSQL and Kafka."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar
from urllib.error import URLError
from urllib.request import urlopen

from httpx2 import AsyncClient

from tests.servers import run_folder
from trial.living.clerk import Clerk
from trial.living.deeds import City
from trial.living.people import PASSWORD, People, seats
from trial.servers import Kafka, Postgres, Server
from trial.servers.server import await_end


class Trial(Server):
    name = "city"
    logs = ("city.log", "data/mazha.log")
    polite = signal.SIGINT  # as Ctrl-C does
    options: ClassVar[tuple[str, ...]] = ()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self, taken: Sequence[int]) -> Sequence[str]:
        program = Path(sys.executable).with_name("mazha")
        where = ["--data", str(self.data), "--port", str(taken[0])]
        return [str(program), "up", *where, *self.options]

    def _is_ready(self) -> bool:
        """Filled, and answering."""
        if not (self.data / "settled").exists():
            return False
        try:
            with urlopen(f"{self.address}/api/audit/readyz", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def wipe(self) -> None:
        self.stop()
        for server in (Kafka(self.data / "kafka"), Postgres(self.data / "postgres")):
            server.wipe()
        super().wipe()


class EmptyTrial(Trial):
    """Its people, and no matters: for a test that stops and kills servers."""

    options = ("--empty",)

    def die(self) -> None:
        """`kill -9` of the city alone: its servers live on."""
        if (process := self._process()) is not None:
            process.kill()
            await_end([process], 20)


def shared_trial() -> Trial:
    """Started by whichever worker needs it first."""
    return Trial(run_folder() / "trial", port=None).start(limit=300)


def city_at(http: AsyncClient) -> City:
    """Its sample people, at work over HTTP."""
    people = People(http)
    people.seats = {seat.login: Clerk(http, seat.login, PASSWORD) for seat in seats()}
    return City(people)
