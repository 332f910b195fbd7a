"""Starts, kills, pauses and asks the processes of the small trade."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx2

from tests.kernel.city import async_url

ROOT = Path(__file__).parents[2]


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
        "PYTHONPATH": str(ROOT),
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
    process: subprocess.Popen[bytes] | None = None

    def start(self, **extra: str) -> "Node":
        env = environment(self.service, self.url, self.kafka, self.prefix, self.port)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.node", self.service],
                env={**env, **self.extra, **extra},
                cwd=ROOT,
                stdout=out,
                stderr=out,
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
        try:
            async with httpx2.AsyncClient(timeout=5) as client:
                return (
                    await client.get(f"http://127.0.0.1:{self.port}{self.path(path)}")
                ).status_code
        except httpx2.HTTPError:
            return 0

    def path(self, path: str) -> str:
        return f"/api/{self.service}{path}"

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
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
        return self.process.poll() is not None

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
