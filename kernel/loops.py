"""What runs for ever: a step, woken at once when there is work, that no failure ends for good."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

Step = Callable[[], Awaitable[int]]
"""Does what is due and says how much it did; 0 when there was nothing."""

EAGER, LAZY = 0.025, 0.25
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
WAIT = "nothing, if the database or Kafka is away; else report this with the error below"


class Wake:
    """One loop tells the next that there is work; a poll covers what another process did."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

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


async def run(name: str, step: Step, wake: Wake, *, lazy: float = LAZY) -> None:
    """Steps while there is work, then waits; after a failure it backs off and goes on."""
    idle, pause = EAGER, FIRST_PAUSE
    while True:
        try:
            did = await step()
            pause = FIRST_PAUSE
            idle = EAGER if did else min(idle * 2, lazy)
            if not did and await wake.wait(idle):
                idle = EAGER
        except (asyncio.CancelledError, Exception) as error:
            pause = await back_off(name, error, pause)


def ending() -> bool:
    """Whether this very task is being ended: a library may let another task's end escape here."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def back_off(name: str, error: BaseException, pause: float) -> float:
    """Says what to do, where the error knows; that is never to be waited for."""
    if ending():  # the error took the place of the end itself
        raise asyncio.CancelledError from error
    do = getattr(error, "do", "")
    (log.critical if do else log.warning)(
        "a loop failed and will try again",
        loop=name,
        error=type(error).__name__,
        again_in=round(pause, 1),
        do=do or WAIT,
        detail=str(error).splitlines()[0][:200] if str(error) else "",
    )
    await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311
    return min(pause * 2, LONGEST_PAUSE)
