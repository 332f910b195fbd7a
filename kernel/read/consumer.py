"""A consumer of the feed as the reader sees it, and how it is given its facts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from kernel.database import passes
from kernel.event import Event
from kernel.read.fold import Heard, Trouble


class Consumer(Protocol):
    """A projection or a reaction, as the reader sees it."""

    @property
    def name(self) -> str: ...
    @property
    def kinds(self) -> Mapping[str, type[Event]]: ...
    @property
    def slow(self) -> bool:
        """Whether it waits for more than its own table: then no page waits for it."""
        ...

    async def take(self, conn: AsyncConnection, batch: Sequence[Heard]) -> list[Trouble]:
        """Takes facts in order; what it could not take comes back. Raises what will pass."""
        ...


async def one_by_one(
    consumer: Consumer, conn: AsyncConnection, batch: Sequence[Heard]
) -> list[Trouble]:
    """Each fact in a savepoint: a value that the table refuses parks its own key only."""
    troubles: list[Trouble] = []
    stuck: set[str] = set()
    for heard in batch:
        if heard.told.key in stuck:
            troubles.append(Trouble(heard.told, "behind", ""))
        elif found := await _in_savepoint(conn, consumer, heard):
            stuck.add(heard.told.key)
            troubles += found
    return troubles


async def _in_savepoint(conn: AsyncConnection, consumer: Consumer, heard: Heard) -> list[Trouble]:
    try:
        async with conn.begin_nested():
            return await consumer.take(conn, [heard])
    except Exception as error:
        if passes(error):
            raise
        return [Trouble(heard.told, "parked", unreadable(error))]


def for_consumer(consumer: Consumer, batch: Iterable[Heard]) -> list[Heard]:
    """What cannot even be named is everybody's trouble; a stranger is nobody's."""
    return [h for h in batch if h.told.type is None or h.told.type in consumer.kinds]


def apart(group: Sequence[Consumer]) -> list[list[Consumer]]:
    """Projections first and together: what pages show must not wait for what reactions do."""
    parts = ([c for c in group if not c.slow], [c for c in group if c.slow])
    return [part for part in parts if part]


def unreadable(error: Exception) -> str:
    """Where and why, never what: a value could be a person's own words."""
    if isinstance(error, ExceptionGroup):
        return unreadable(error.exceptions[0])
    errors = getattr(error, "errors", None)
    if callable(errors):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in errors()[:5])
    return type(error).__name__
