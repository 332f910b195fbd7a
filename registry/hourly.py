"""What a service tidies up by itself, over and over."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from kernel.clock import now
from kernel.handle import Store
from kernel.web.running import Running

EVERY = timedelta(hours=1)


class Hourly:
    """By the store's clock, as one of a service's own steps; two of them do no harm."""

    def __init__(self, running: Running, work: Callable[[Store], Awaitable[None]]) -> None:
        self.running, self.work = running, work
        self.next: datetime | None = None

    async def step(self) -> int:
        at = await now(self.running.db)
        if self.next is None or at >= self.next:
            await self.work(self.running.ready())
            self.next = at + EVERY
        return 0
