"""Schedules of the simulation: 300 in CI; MAZHA_SEEDS=first-last runs any others."""

import os
from collections.abc import AsyncIterator, Callable

import pytest

from tests.kernel.simulation import HOUSES, Line, Simulation

pytestmark = [
    pytest.mark.connected,
    pytest.mark.timeout(0),
    # Who dies does not close its connections.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
FIRST, LAST = map(int, os.environ.get("MAZHA_SEEDS", "1-300").split("-"))
TURNS = 25
CHUNK = 10


@pytest.fixture
async def lines(database: Callable[[], str]) -> AsyncIterator[dict[str, Line]]:
    shared = database()
    lines = {n: Line(shared if n.startswith("library") else database()) for n in HOUSES}
    yield lines
    for line in lines.values():
        await line.db.close()


@pytest.mark.parametrize("first", range(FIRST, LAST + 1, CHUNK))
async def test_every_schedule_ends_whole(lines: dict[str, Line], first: int) -> None:
    crashes = 0
    for seed in range(first, min(first + CHUNK, LAST + 1)):
        simulation = Simulation(seed, lines)
        assert await simulation.run(TURNS) == [], f"seed {seed}"
        crashes += simulation.crashes
    assert crashes, "no schedule of this chunk met a crash: they test too little"
