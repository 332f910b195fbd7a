"""Fixtures for all tests: servers on demand, and no network for tests that need none."""

import asyncio
import contextlib
import sys
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from httpx2 import AsyncClient

from tests import servers
from tests.journeys.founded import Founded
from tests.journeys.founded import city as copied
from tests.journeys.trial import Trial, city_at, shared_trial
from tests.journeys.web import Web
from trial.living.deeds import City
from trial.servers import Kafka, Postgres
from trial.servers.server import held

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("house")

ends_run = pytest.StashKey[bool]()
network = {"closed": False}


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ends_run] = servers.begin_run()
    sys.addaudithook(refuse_network)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run outlives its workers, so it stops the servers."""
    if config.stash.get(ends_run, False):
        servers.end_run()


def refuse_network(event: str, details: tuple[Any, ...]) -> None:
    if network["closed"] and event in ("socket.connect", "socket.bind"):
        _socket, address = details
        if isinstance(address, tuple):  # a path is a local socket and harms nobody
            raise RuntimeError(f"a test that opens {address} must be marked connected or faults")


def may_connect(node: pytest.Item) -> bool:
    return any(node.get_closest_marker(name) for name in ("connected", "faults"))


@pytest.fixture(autouse=True)
def closed_network(request: pytest.FixtureRequest) -> Iterator[None]:
    network["closed"] = not may_connect(request.node)
    yield
    network["closed"] = False


@pytest.fixture(scope="session")
def postgres_of_run() -> Postgres:
    return servers.shared_postgres()


@pytest.fixture(scope="session")
def kafka_of_run() -> Kafka:
    return servers.shared_kafka()


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Postgres:
    server: Postgres = lent(request, "postgres_of_run")
    return server


@pytest.fixture
def kafka(request: pytest.FixtureRequest) -> Kafka:
    server: Kafka = lent(request, "kafka_of_run")
    return server


def lent(request: pytest.FixtureRequest, name: str) -> Any:
    """Only then started: a wrong marker shall not cost the plain run its minute."""
    must_be_marked(request.node)
    return request.getfixturevalue(name)


def must_be_marked(node: pytest.Item) -> None:
    if not may_connect(node):
        pytest.fail("a test that uses servers must be marked connected or faults", pytrace=False)


@pytest.fixture
def own_postgres(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Postgres]:
    """For a test that kills it: nobody else's, and what was committed is on the disk."""
    must_be_marked(request.node)
    server = Postgres(tmp_path / "postgres").start()
    yield server
    server.wipe()


@pytest.fixture
def own_kafka(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kafka]:
    must_be_marked(request.node)
    server = Kafka(tmp_path / "kafka").start()
    yield server
    server.wipe()


@pytest.fixture
async def filed(
    founded: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Web]:
    """The city with a folder for files of this test's own."""
    monkeypatch.setenv("MAZHA_DATA", str(tmp_path))
    async with copied(founded) as web:
        yield web


@pytest.fixture
def prefix() -> str:
    """Begins this test's topics and groups, which are never deleted."""
    return "t" + uuid.uuid4().hex[:10]


@pytest.fixture
def database(postgres: Postgres, prefix: str) -> Iterator[Callable[..., str]]:
    """Makes databases of this test's own, as the migrations leave them; answers the URL of each.

    With the tables of a service of the city, if one is named.
    """
    names: list[str] = []

    def make(service: str = "") -> str:
        template = servers.template_of(postgres, service) if service else servers.TEMPLATE
        names.append(f"{prefix}_{len(names)}")
        postgres.create_database(names[-1], template=template)
        return postgres.url(names[-1])

    yield make
    with contextlib.ExitStack() as stack:
        for name in names:
            stack.callback(postgres.drop_database, name)


@pytest.fixture
def founded(postgres: Postgres) -> Iterator[Founded]:
    copies = Founded(postgres)
    yield copies
    copies.drop()


@pytest.fixture(scope="session")
def trial_of_run() -> Trial:
    return shared_trial()


@pytest.fixture
async def trial(request: pytest.FixtureRequest) -> AsyncIterator[Trial]:
    """A whole city as `mazha up` starts it, shared by all tests of this run. Only who takes
    `city` too may move its clock: who is signed in meanwhile would be signed out."""
    shared: Trial = lent(request, "trial_of_run")
    with await asyncio.to_thread(turn, "city" in request.fixturenames):
        yield shared


@pytest.fixture
async def city(trial: Trial) -> AsyncIterator[City]:
    """The same people as in the trial, at work over HTTP. Its one clock is this test's alone."""
    async with AsyncClient(base_url=trial.address, timeout=30, trust_env=False) as http:
        yield city_at(http)


def turn(moves: bool) -> contextlib.ExitStack:
    """Who moves the clock waits for all who look on, and nobody comes in before them."""
    folder = servers.run_folder()
    with contextlib.ExitStack() as door, contextlib.ExitStack() as inside:
        door.enter_context(held(folder / "door"))
        inside.enter_context(held(folder / "turn", shared=not moves))
        return inside.pop_all()
