"""The city that one test run shares: `mazha up` as a program, with real PostgreSQL and Kafka."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.servers import run_folder
from trial.servers import Kafka, Postgres, Server


class Trial(Server):
    name = "city"
    logs = ("city.log", "data/mazha.log")
    polite = signal.SIGINT  # as Ctrl-C does

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self, taken: Sequence[int]) -> Sequence[str]:
        program = Path(sys.executable).with_name("mazha")
        return [str(program), "up", "--data", str(self.data), "--port", str(taken[0])]

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


def shared_trial() -> Trial:
    """Started by whichever worker needs it first."""
    return Trial(run_folder() / "trial", port=None).start(limit=300)
