"""What a service consists of."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.handle import Store
from kernel.handler import Handler
from kernel.read.consumer import Consumer
from kernel.read.projection import Projection
from kernel.read.reaction import Reaction


@dataclass(frozen=True, slots=True)
class Service:
    """`hears` are topics of others; `hears_keys`: it opens texts that others closed. `consumers`
    are its own, made with the store: for what a fold may not do, as open a text."""

    name: str
    handlers: Sequence[Handler[Any, Any, Any, Any]] = ()
    projections: Sequence[Projection[Any]] = ()
    reactions: Sequence[Reaction] = ()
    hears: Sequence[str] = ()
    hears_keys: bool = False
    consumers: Sequence[Callable[[Store], Consumer]] = ()

    def __post_init__(self) -> None:
        """Checkpoints, tables and handlers go by their names."""
        names = [f"reaction {r.name}" for r in self.reactions]
        names += [f"projection {p.name}" for p in self.projections]
        names += [f"prefix {h.stream.prefix}" for h in self.handlers]
        if twice := sorted(name for name, n in Counter(names).items() if n > 1):
            raise ValueError(f"{self.name} has two of one name: {', '.join(twice)}")

    @property
    def by_prefix(self) -> Mapping[str, Handler[Any, Any, Any, Any]]:
        return {handler.stream.prefix: handler for handler in self.handlers}

    @property
    def topics(self) -> Mapping[str, str]:
        """Prefix of a stream → the topic on which it is told."""
        return {prefix: handler.stream.topic for prefix, handler in self.by_prefix.items()}
