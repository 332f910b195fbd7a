"""The event loop that a service has, for whatever is measured here."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvicorn

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """On the loop that uvicorn takes: uvloop where it is installed."""
    factory = uvicorn.Config(app="", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)
