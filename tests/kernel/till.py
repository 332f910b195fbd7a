"""A till whose facts fail or succeed on command: for what parks, waits and is tried again.

`till` tells every sum that was rung up; `accounts` hears them, shows them and enters them in pages.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from kernel.database import Database
from kernel.decider import Call, Decider, Refused, Stream
from kernel.envelope import About
from kernel.event import Event, Kinds, Lift, Raw
from kernel.handler import Desk, Handler
from kernel.read.projection import Changes, Projection
from kernel.read.reaction import Ask, Reaction, Reactions
from kernel.web.service import Service


@dataclass
class Mood:
    """What goes wrong just now, by amount. A test changes it while the services run."""

    unshown: set[int] = field(default_factory=set)
    """Folding these fails."""
    refused: set[int] = field(default_factory=set)
    """The rules say no to these: their cause may still be on the way."""
    broken: set[int] = field(default_factory=set)
    """The reaction to these has a bug."""
    desk: Callable[[], Awaitable[object]] | None = None
    """What happens while the desk of a page is set: a test may wait there, or pull a plug."""


@dataclass(frozen=True, slots=True)
class Ring:
    amount: int
    note: str = ""


class Rung(Event):
    """A sum was rung up."""

    amount: int
    note: str = ""


def _say_currency(raw: Raw) -> Raw:
    return {**raw, "currency": "CNY"}


class Newer:
    """What the next release reads."""

    class Rung(Rung):
        """A sum was rung up, in some currency."""

        lifts: ClassVar[tuple[Lift, ...]] = (_say_currency,)
        currency: str


def ring(wish: Ring, _count: int, _call: Call) -> Sequence[Rung]:
    return [Rung(amount=wish.amount, note=wish.note)]


def one_more(count: int, _fact: Event) -> int:
    return count + 1


TILL = Stream("till", "tills.v1", Kinds[Rung](Rung), Decider(0, ring, one_more))


async def no_desk(_db: Database, _key: str, _wish: object) -> Desk[Any, Call]:
    return lambda _state, call: call


TILLS = Service("till", [Handler(TILL, no_desk)])


@dataclass(frozen=True, slots=True)
class Enter:
    amount: int


class Entered(Event):
    """A sum stands in the page of its till."""

    amount: int


def enter(wish: Enter, _count: int, mood: Mood) -> Sequence[Entered]:
    if wish.amount in mood.refused:
        raise Refused("not-yet")
    return [Entered(amount=wish.amount)]


PAGE = Stream("page", "pages.v1", Kinds[Entered](Entered), Decider(0, enter, one_more))


@dataclass(slots=True)
class Takings:
    """`amounts` lists what was folded, in its order: a fact folded twice stands there twice."""

    till: str
    amounts: str = ""
    last: int = 0
    note: str = ""


def takings(mood: Mood, kind: type[Rung] = Rung, version: int = 1) -> Projection[Takings]:
    projection = Projection(Takings, key="till", version=version)

    @projection.when(kind)
    def rung(row: Takings, fact: Rung, _about: About) -> Changes:
        if fact.amount in mood.unshown:
            raise ArithmeticError("this sum cannot be shown")
        amounts = f"{row.amounts} {fact.amount}".lstrip()
        return {"amounts": amounts, "last": fact.amount, "note": fact.note}

    return projection


def page_of(mood: Mood) -> Handler[Enter, int, Entered, Mood]:
    async def desk(_db: Database, _key: str, _wish: Enter) -> Desk[int, Mood]:
        if mood.desk:
            await mood.desk()
        return lambda _count, _call: mood

    return Handler(PAGE, desk)


def keep_the_page(mood: Mood, kind: type[Rung] = Rung) -> Reaction:
    pages, reactions = page_of(mood), Reactions()

    @reactions.to(kind)
    def enter_in_the_page(fact: Rung, about: About) -> Iterable[Ask]:
        if fact.amount in mood.broken:
            raise ArithmeticError("this sum cannot be entered")
        return [Ask(pages, about.key, Enter(fact.amount))]

    return reactions.all[0]


def accounts(mood: Mood, kind: type[Rung] = Rung) -> Service:
    """As this release wires it, or with `Newer.Rung` as the next one does."""
    return Service(
        "accounts",
        [page_of(mood)],
        [takings(mood, kind)],
        [keep_the_page(mood, kind)],
        hears=["tills.v1"],
    )
