"""Houses of the small trade, on a real PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from kernel.database import Database
from kernel.web.running import Transport
from kernel.web.service import Service
from tests.kernel.city import House, async_url, trial_settings
from tests.kernel.local import LocalBroker

OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture
def broker() -> LocalBroker:
    return LocalBroker()


@pytest.fixture
async def db(database: Callable[[], str]) -> AsyncIterator[Database]:
    """A store of its own, not yet opened by any service."""
    db = Database(async_url(database()), pool=20)
    yield db
    await db.close()


@pytest.fixture
async def house(database: Callable[[], str], broker: LocalBroker) -> AsyncIterator[OpenHouse]:
    """Opens a service on a new database, or on the same one again."""
    opened: list[House] = []

    async def open_house(
        service: Service, url: str | None = None, transport: Transport | None = None
    ) -> House:
        settings = trial_settings(service.name, url or database(), pool=10)
        opened.append(await House.open(service, settings, transport or broker))
        return opened[-1]

    yield open_house
    for one in opened:
        await one.close()
