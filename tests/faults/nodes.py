"""Starts, kills, pauses and asks the processes of the small trade."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from tests.faults.births import born
from tests.faults.node import serve_as
from tests.kernel.city import async_url


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(service: str, url: str, kafka: str, prefix: str, port: int) -> dict[str, str]:
    own = f"MAZHA_{service.upper()}_"
    return {
        **os.environ,
        f"{own}DATABASE_URL": async_url(url),
        f"{own}SECRET": f"sample-{service}",
        f"{own}SIGNING_KEY": f"sample-{service}-signing",
        f"{own}VAULT_KEY": f"sample-{service}-vault",
        f"{own}PORT": str(port),
        "MAZHA_SUBJECT_KEY": "sample-subject",
        "MAZHA_KAFKA": kafka,
        "MAZHA_TOPIC_PREFIX": prefix,
        "MAZHA_TRIAL": "true",
        "MAZHA_WATCHDOG": "8",
    }


@dataclass
class Node:
    """One process. Left by `async with`, it is killed."""

    service: str
    url: str
    kafka: str
    prefix: str
    log: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: BaseProcess | None = None

    def start(self, **extra: str) -> "Node":
        env = environment(self.service, self.url, self.kafka, self.prefix, self.port)
        self.process = born(
            serve_as, self.service, log=self.log, env={**env, **self.extra, **extra}
        )
        return self

    async def up(self, limit: float = 40) -> "Node":
        if self.process is None:
            self.start()
        await until(self.is_ready, limit, f"{self.service} is not ready: {self.log}")
        return self

    async def is_ready(self) -> bool:
        return await self.status("/readyz") == 200

    async def status(self, path: str) -> int:
        return await asyncio.to_thread(self._status, path)

    def _status(self, path: str) -> int:
        """0 is no answer."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", self.path(path))
                return connection.getresponse().status
            except (OSError, HTTPException):
                return 0

    def path(self, path: str) -> str:
        return f"/api/{self.service}{path}"

    def signal(self, number: int) -> None:
        assert self.process is not None and self.process.pid is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.signal(signal.SIGCONT)

    async def end(self, limit: float = 15) -> float:
        """SIGTERM; how long it took, seconds."""
        assert self.process is not None
        started = time.monotonic()
        self.signal(signal.SIGTERM)
        await until(self.is_gone, limit, f"{self.service} did not end within {limit} s: {self.log}")
        self.process = None
        return time.monotonic() - started

    async def is_gone(self) -> bool:
        assert self.process is not None
        return not self.process.is_alive()

    async def __aenter__(self) -> "Node":
        return await self.up()

    async def __aexit__(
        self, _kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.kill()


async def until(condition: Callable[[], Awaitable[bool]], limit: float, what: str) -> None:
    end = time.monotonic() + limit
    while not await condition():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.05)
