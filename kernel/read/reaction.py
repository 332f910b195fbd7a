"""A reaction turns a fact into wishes; run twice it does once, for its command id is the fact's."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar, overload
from uuid import uuid5

from kernel.decider import ruling
from kernel.envelope import About
from kernel.event import Event
from kernel.handle import Command, Store
from kernel.handler import Handler, service_actor
from kernel.store import KeyReused

F = TypeVar("F", bound=Event)


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


def command_of(reaction: Reaction, ask: Ask, about: About, source: str, nth: int = 0) -> Command:
    """Never a random id: a fact that is met again must find its command carried out.

    `nth`: of the wishes to one stream, which are numbered from the second on.
    """
    name = f"{reaction.name}:{ask.stream_id}" + (f":{nth}" if nth else "")
    return Command(
        id=uuid5(about.id, name),
        by=service_actor(source),
        correlation=about.envelope.correlation,
        cause=about.id,
    )


async def carry_out(store: Store, reaction: Reaction, fact: Event, about: About) -> int:
    """How many wishes were carried out. Raises what `handle` raises, after those before it."""
    with ruling():
        asks = list(reaction.react(fact, about))
    asked: Counter[str] = Counter()
    for ask in asks:
        command = command_of(reaction, ask, about, store.source, asked[ask.stream_id])
        asked[ask.stream_id] += 1
        with suppress(KeyReused):  # done before, by an older program that wished otherwise
            await ask.handler.carry_out(store, ask.key, ask.wish, command)
    return len(asks)
