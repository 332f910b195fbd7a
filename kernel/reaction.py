"""A reaction turns a fact into wishes; run twice it does once, for its command id is the fact's."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload
from uuid import NAMESPACE_URL, UUID, uuid5

from kernel.database import Database
from kernel.decider import Actor, Call, Stream, ruling
from kernel.envelope import About
from kernel.event import Event
from kernel.handle import Command, Done, Store, handle

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E", bound=Event)
W = TypeVar("W")
F = TypeVar("F", bound=Event)

Desk = Callable[[S, Call], W]


@dataclass(frozen=True, slots=True)
class Handler(Generic[C, S, E, W]):
    """A stream and how the desk of its rules is set: fetch first, decide without waiting."""

    stream: Stream[C, S, E, W]
    desk: Callable[[Database, str, C], Awaitable[Desk[S, W]]]

    async def carry_out(self, store: Store, key: str, wish: C, command: Command) -> Done:
        desk = await self.desk(store.db, key, wish)
        return await handle(store, self.stream, key, wish, command, desk)


@dataclass(frozen=True, slots=True)
class Ask:
    """One wish to one stream of this service."""

    handler: Handler[Any, Any, Any, Any]
    key: str
    wish: object

    @property
    def stream_id(self) -> str:
        return self.handler.stream.id(self.key)


React = Callable[[F, About], Iterable[Ask]]


@dataclass(frozen=True, slots=True)
class Reaction:
    name: str
    kinds: Mapping[str, type[Event]]
    react: React[Any]


class Reactions:
    """All reactions of a service. Each is named for its purpose and keeps its own checkpoint."""

    def __init__(self) -> None:
        self.all: list[Reaction] = []

    @overload
    def to(self, kind: type[F], /) -> Callable[[React[F]], React[F]]: ...
    @overload
    def to(self, *kinds: type[Event]) -> Callable[[React[Any]], React[Any]]: ...
    def to(self, *kinds: type[Event]) -> Callable[[React[Any]], React[Any]]:
        """Facts of one key reach one reaction in their order; two reactions know no order."""

        def register(react: React[Any]) -> React[Any]:
            heard = {kind.__name__: kind for kind in kinds}
            self.all.append(Reaction(react.__name__, heard, react))
            return react

        return register


def service_actor(source: str) -> Actor:
    return Actor(uuid5(NAMESPACE_URL, f"service:{source}"), "service", "")


def command_of(reaction: Reaction, ask: Ask, about: About, source: str) -> Command:
    """Never a random id: a fact that is met again must find its command carried out."""
    return Command(
        id=uuid5(about.id, f"{reaction.name}:{ask.stream_id}"),
        by=service_actor(source),
        correlation=about.envelope.correlation,
        cause=about.id,
    )


async def carry_out(store: Store, reaction: Reaction, fact: Event, about: About) -> int:
    """How many wishes were carried out. Raises what `handle` raises, after those before it."""
    with ruling():
        asks = list(reaction.react(fact, about))
    for ask in asks:
        command = command_of(reaction, ask, about, store.source)
        await ask.handler.carry_out(store, ask.key, ask.wish, command)
    return len(asks)


def tick_id(stream_id: str, clock: str, at: object) -> UUID:
    return uuid5(NAMESPACE_URL, f"{stream_id}:{clock}:{at}")
