"""Schedules of the simulation: 300 in CI; MAZHA_SEEDS=first-last runs any others."""

import os
from collections.abc import Callable

import pytest

from tests.kernel.simulation import HOUSES, Simulation, wipe

pytestmark = [
    pytest.mark.connected,
    pytest.mark.timeout(0),
    # Who dies does not close its connections.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
FIRST, LAST = map(int, os.environ.get("MAZHA_SEEDS", "1-300").split("-"))
TURNS = 25
CHUNK = 25


@pytest.mark.parametrize("first", range(FIRST, LAST + 1, CHUNK))
async def test_every_schedule_ends_whole(database: Callable[[], str], first: int) -> None:
    shared = database()
    urls = {name: shared if name.startswith("library") else database() for name in HOUSES}
    crashes = 0
    for seed in range(first, min(first + CHUNK, LAST + 1)):
        for url in set(urls.values()):
            await wipe(url)
        simulation = Simulation(seed, urls)
        assert await simulation.run(TURNS) == [], f"seed {seed}"
        crashes += simulation.crashes
    assert crashes, "no schedule of this chunk met a crash: they test too little"
