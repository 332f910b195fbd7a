"""`mazha up` as a person starts it: how soon is the city there, and what memory does it take?"""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from bench.figures import Line, Run, alone, extra, seconds
from bench.scenario import Scenario, Side
from bench.stage import HERE
from trial.servers import Kafka, Postgres
from trial.servers.ports import any_free

MAZHA = Path(sys.executable).with_name("mazha")
LIMIT = 300.0
MIB = 2**20


class Trial(Scenario):
    """`size` is how many cities; each is started twice."""

    name = "trial"
    rounds = 2
    full, quick = 1, 1
    lines = (
        Line(
            "the trial's first start, with four weeks of a living city",
            unit="s",
            figure=seconds,
            compare=alone(seconds),
            ours="first",
            peer=None,
            floor=300,
            most=True,
        ),
        Line(
            "the trial's second start",
            unit="s",
            figure=seconds,
            compare=alone(seconds),
            ours="second",
            peer=None,
            floor=20,
            most=True,
        ),
        Line(
            "the trial's memory: city, PostgreSQL and Kafka",
            unit="MiB",
            figure=extra("MiB"),
            compare=alone(extra("MiB")),
            ours="first",
            peer=None,
            floor=1_536,
            most=True,
        ),
    )

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        with tempfile.TemporaryDirectory(prefix="trial-", dir=HERE) as made:
            self.data = Path(made, "data")
            try:
                yield
            finally:
                self.wipe()

    def wipe(self) -> None:
        for server in (Kafka(self.data / "kafka"), Postgres(self.data / "postgres")):
            server.wipe()
        shutil.rmtree(self.data, ignore_errors=True)

    def sides(self) -> Mapping[str, Side]:
        return {"first": self.first, "second": self.second}

    async def first(self) -> Run:
        self.wipe()
        return await self.second()

    async def second(self) -> Run:
        return await asyncio.to_thread(started, self.data)


def started(data: Path) -> Run:
    call = [str(MAZHA), "up", "--data", str(data.resolve()), "--port", str(any_free())]
    began = time.perf_counter()
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as city:
        try:
            await_city(city, began + LIMIT)
            took = time.perf_counter() - began
            return Run(1, took, extra={"MiB": resident(city.pid, data) / MIB})
        finally:
            city.send_signal(signal.SIGINT)
            city.communicate()


def await_city(city: "subprocess.Popen[str]", deadline: float) -> None:
    assert city.stdout is not None  # noqa: S101  it was asked for
    for line in city.stdout:
        if "is up after" in line:
            return
        if time.perf_counter() > deadline:
            break
    raise RuntimeError("the trial did not come up in time")


def resident(city: int, data: Path) -> int:
    """What all its processes hold; what they share is counted once."""
    found = {process.pid: process for pid in pids(city, data) for process in tree(pid)}
    return sum(map(held, found.values()))


def pids(city: int, data: Path) -> Iterator[int]:
    yield city
    for server in ("postgres", "kafka"):
        yield int(json.loads((data / server / "server.json").read_text())[0])


def tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def held(process: psutil.Process) -> int:
    """Its share where the system tells it; else all that is resident, shared or not."""
    try:
        said = process.memory_full_info()
        return int(getattr(said, "pss", 0) or said.rss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
