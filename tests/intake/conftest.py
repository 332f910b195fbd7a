"""The city with a folder for files of this test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.founded import Founded, city
from tests.journeys.web import Web


@pytest.fixture
async def web(
    founded: Founded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Web]:
    monkeypatch.setenv("MAZHA_DATA", str(tmp_path))
    async with city(founded) as web:
        yield web
