"""A stream together with how the desk of its rules is set, so that others can ask it by key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

from kernel.database import Database
from kernel.decider import Actor, Call, Stream
from kernel.event import Event
from kernel.handle import Command, Done, Store, handle

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E", bound=Event)
W = TypeVar("W")

Desk = Callable[[S, Call], W]


@dataclass(frozen=True, slots=True)
class Handler(Generic[C, S, E, W]):
    """Fetch first what a decision may look at, then decide without waiting."""

    stream: Stream[C, S, E, W]
    desk: Callable[[Database, str, C], Awaitable[Desk[S, W]]]

    async def carry_out(self, store: Store, key: str, wish: C, command: Command) -> Done:
        desk = await self.desk(store.db, key, wish)
        return await handle(store, self.stream, key, wish, command, desk)


def service_actor(source: str) -> Actor:
    """Who acts when a clock or a fact of others made a service act."""
    return Actor(uuid5(NAMESPACE_URL, f"service:{source}"), "service", "")
