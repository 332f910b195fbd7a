"""A town for each test, on both transports."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.kernel.contract.town import Town
from tests.kernel.contract.wire import KafkaWire, LocalWire, Wire


@pytest.fixture(params=["local", "kafka"])
def wire(request: pytest.FixtureRequest) -> Wire:
    if request.param == "local":
        return LocalWire()
    return KafkaWire(request.getfixturevalue("kafka").bootstrap)


@pytest.fixture
async def town(wire: Wire, database: Callable[[], str], prefix: str) -> AsyncIterator[Town]:
    town = Town(wire, prefix, database)
    yield town
    await town.stop()


@pytest.fixture
async def alone(database: Callable[[], str], prefix: str) -> AsyncIterator[Town]:
    """For promises that no transport has a part in."""
    town = Town(LocalWire(), prefix, database)
    yield town
    await town.stop()
