"""What runs for ever: a step, woken at once when there is work, that no failure ends for good."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from kernel.database import sqlstate

log = structlog.get_logger(__name__)

Step = Callable[[], Awaitable[int]]
"""Does what is due and says how much it did; 0 when there was nothing."""

EAGER, LAZY, SELDOM = 0.025, 0.25, 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
WAIT = "nothing, if the database or Kafka is away; else report this line"


class Wake:
    """One loop tells the next that there is work; a poll covers what another process did.

    `rest`: seconds between two polls of an idle loop; SELDOM where nobody waits for it.
    """

    def __init__(self, rest: float = LAZY) -> None:
        self._event, self.rest = asyncio.Event(), rest

    def set(self) -> None:
        self._event.set()

    async def wait(self, limit: float) -> bool:
        try:
            async with asyncio.timeout(limit):
                await self._event.wait()
        except TimeoutError:
            return False
        self._event.clear()
        return True


async def run(name: str, step: Step, wake: Wake) -> None:
    """Steps while there is work, then waits; after a failure it backs off and goes on."""
    idle, pause = EAGER, FIRST_PAUSE
    while True:
        try:
            did = await step()
            pause = FIRST_PAUSE
            idle = EAGER if did else min(idle * 2, wake.rest)
            if not did and await wake.wait(idle):
                idle = EAGER
        except asyncio.CancelledError as error:
            if ending():
                raise
            pause = await back_off(name, error, pause)
        except Exception as error:
            pause = await back_off(name, error, pause)


def ending() -> bool:
    """Whether this very task is being ended: a library may let another task's end escape here. To
    be asked of a CancelledError only: in Python 3.11 a TaskGroup leaves its mark behind."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def end(tasks: Collection[asyncio.Task[None]], again: float = 7) -> None:
    """After `again` seconds, in which a task may tidy up, once more: an error may have taken the
    place of the end, as of a rollback that fails."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=again)


async def to_its_end(work: Coroutine[Any, Any, None], limit: float = 2.0) -> None:
    """Whoever is ended meanwhile waits for it, `limit` seconds at most: cut off while it connects,
    aiokafka forgets a connection that is open."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        await asyncio.wait([task], timeout=limit)
        task.cancel()


async def back_off(name: str, error: BaseException, pause: float) -> float:
    """Says what to do, where the error knows; that is never to be waited for."""
    do = getattr(error, "do", "")
    (log.critical if do else log.warning)(
        "a loop failed and will try again",
        loop=name,
        error=type(error).__name__,
        again_in=round(pause, 1),
        do=do or WAIT,
        detail=detail(error),
    )
    await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
    return min(pause * 2, LONGEST_PAUSE)


def detail(error: BaseException) -> str:
    """Never what a statement was given: that could be a person's own words."""
    if isinstance(error, DBAPIError):
        return sqlstate(error)
    return str(error).splitlines()[0][:200] if str(error) else ""
