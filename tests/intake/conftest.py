"""The city with a folder for files of this test's own."""

import pytest

from tests.journeys.web import Web


@pytest.fixture
def web(filed: Web) -> Web:
    return filed
