"""A town in which notify hears the others, at ten in the morning."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.founded import Founded
from tests.notify.town import Town, town


@pytest.fixture
async def here(founded: Founded) -> AsyncIterator[Town]:
    async with town(founded) as here:
        await here.to_day()
        yield here
