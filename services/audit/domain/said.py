"""What a fact says in words a person of the trade would use, and which sealed texts it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from contracts.calendar import ZONE
from kernel.event import Event
from kernel.seal.sealed import Sealed

F = TypeVar("F", bound=Event)


@dataclass(frozen=True, slots=True)
class Text:
    """`token` rests sealed until somebody who may read it looks."""

    label: str
    token: str

    @property
    def of_the_resident(self) -> bool:
        """Said by the resident, under a key that ends with them."""
        return ":reporter/" in self.token


@dataclass(frozen=True, slots=True)
class Said:
    """`rule`: under which rule or version. `public`: whether residents are told of it."""

    what: str
    texts: tuple[Text, ...] = ()
    rule: str = ""
    public: bool = False


class Sayings:
    """One pure function for each fact."""

    def __init__(self) -> None:
        self.by_name: dict[str, Callable[[Any], Said]] = {}

    def of(self, kind: type[F]) -> Callable[[Callable[[F], Said]], Callable[[F], Said]]:
        def register(say: Callable[[F], Said]) -> Callable[[F], Said]:
            self.by_name[kind.__name__] = say
            return say

        return register


def texts(*given: tuple[str, Sealed | None]) -> tuple[Text, ...]:
    return tuple(Text(label, sealed.token) for label, sealed in given if sealed is not None)


def each(label: str, sealed: tuple[Sealed, ...]) -> tuple[Text, ...]:
    return tuple(Text(f"{label}{n}", one.token) for n, one in enumerate(sealed, 1))


def at(moment: datetime) -> str:
    here = moment.astimezone(ZONE)
    return f"{here.month}月{here.day}日 {here:%H:%M}"
