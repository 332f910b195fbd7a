"""The city with a folder for files of this test's own."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.journeys.web import Web, city


@pytest.fixture
async def web(
    database: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Web]:
    monkeypatch.setenv("MAZHA_DATA", str(tmp_path))
    async with city(database) as web:
        yield web
