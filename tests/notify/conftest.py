"""A town in which notify hears the others, at ten in the morning."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.notify.town import Town, town


@pytest.fixture
async def here(database: Callable[..., str]) -> AsyncIterator[Town]:
    async with town(database) as here:
        await here.to_day()
        yield here
