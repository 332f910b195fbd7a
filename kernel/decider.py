"""The one shape of every write model, and what a decision may look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Generic, TypeVar
from uuid import UUID

from kernel.event import Event, Kinds

C = TypeVar("C")  # the wishes of one stream, a union
S = TypeVar("S")  # what its rules remember
E = TypeVar("E", bound=Event)  # its facts, a union
W = TypeVar("W")  # the desk: what else a rule may look at


class Refused(Exception):
    """No, in words that the person may be shown. `code` is the translation key."""

    def __init__(self, code: str, /, **words: object) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class RuleFailed(Exception):
    """A rule raised something else than Refused: a bug, of whatever type, that no waiting mends."""


class Forbidden(Refused):
    """No, because of who asks."""


@contextmanager
def ruling() -> Iterator[None]:
    """Round pure code: a TimeoutError from a rule must not look like a database that is away."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        raise RuleFailed(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in the one seat that is active now: it is written into every fact."""

    id: UUID
    role: str
    org: str
    seat: UUID | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks and when. `now` is the store's clock, read together with the stream."""

    by: Actor
    now: datetime


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S, E, W]):
    blank: S
    decide: Callable[[C, S, W], Sequence[E]]
    evolve: Callable[[S, E], S]

    def after(self, facts: Iterable[E], state: S | None = None) -> S:
        return reduce(self.evolve, facts, self.blank if state is None else state)


@dataclass(frozen=True, slots=True)
class Claim:
    """A value that only one stream may hold at a time. Never a person's name, phone or address."""

    kind: str
    value: str


def no_clocks(_state: object) -> Mapping[str, datetime]:
    return {}


def no_claims(_state: object) -> frozenset[Claim]:
    return frozenset()


def own_key(stream_id: str) -> str:
    """`case-<id>` tells its facts under `<id>`, so that all that is said of it keeps its order."""
    return stream_id.partition("-")[2]


@dataclass(frozen=True, slots=True)
class Stream(Generic[C, S, E, W]):
    """Where a decider's facts live: its streams are `<prefix>-<key>`, told on `topic`.

    `clocks` and `claims` say what the state waits for and holds; the append keeps both in step.
    `wake` is the wish of a clock that has come due.
    """

    prefix: str
    topic: str
    facts: Kinds[E]
    decider: Decider[C, S, E, W]
    clocks: Callable[[S], Mapping[str, datetime]] = no_clocks
    claims: Callable[[S], frozenset[Claim]] = no_claims
    wake: Callable[[str], C] | None = None
    key_of: Callable[[str], str] = own_key

    def __post_init__(self) -> None:
        if self.clocks is not no_clocks and self.wake is None:
            raise ValueError(f"{self.prefix}: a stream with clocks needs a wish that answers them")

    def id(self, key: object) -> str:
        return f"{self.prefix}-{key}"
