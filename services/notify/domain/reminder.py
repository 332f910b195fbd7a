"""An answer waits for the resident's word: they are reminded on the third day and the seventh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from pydantic import AwareDatetime

from contracts.intake import Count
from kernel.decider import Call, Decider, Stream
from kernel.event import Event, Kinds

AFTER = (timedelta(days=3), timedelta(days=7))


class WordAwaited(Event):
    """There is an answer that nobody has rated yet."""

    round: Count
    remind_at: tuple[AwareDatetime, ...]


class WordDue(Event):
    """It is time to remind them."""

    nth: Count


class WordCame(Event):
    """It was rated, or rating it is past."""


Fact = WordAwaited | WordDue | WordCame
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class AwaitWord:
    round: int
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Ring:
    """What the clock wishes."""


@dataclass(frozen=True, slots=True)
class StopWaiting:
    pass


Wish = AwaitWord | Ring | StopWaiting


@dataclass(frozen=True, slots=True)
class Reminder:
    """`left`: when they are still to be reminded."""

    round: int = 0
    left: tuple[datetime, ...] = ()
    nth: int = 0


def decide(wish: Wish, reminder: Reminder, call: Call) -> Sequence[Fact]:
    match wish:
        case AwaitWord():
            return begin(wish, reminder)
        case Ring():
            due = reminder.left and reminder.left[0] <= call.now
            return [WordDue(nth=reminder.nth + 1)] if due else []
        case StopWaiting():
            return [WordCame()] if reminder.left else []
        case _:
            assert_never(wish)


def begin(wish: AwaitWord, reminder: Reminder) -> Sequence[Fact]:
    if wish.round <= reminder.round:
        return []
    at = tuple(wish.answered_at + after for after in AFTER)
    return [WordAwaited(round=wish.round, remind_at=at)]


def evolve(reminder: Reminder, fact: Fact) -> Reminder:
    match fact:
        case WordAwaited():
            return Reminder(fact.round, fact.remind_at)
        case WordDue():
            return replace(reminder, left=reminder.left[1:], nth=fact.nth)
        case WordCame():
            return replace(reminder, left=())
        case _:
            assert_never(fact)


def clocks(reminder: Reminder) -> Mapping[str, datetime]:
    return {"remind": reminder.left[0]} if reminder.left else {}


def wake(_clock: str) -> Wish:
    return Ring()


decider: Decider[Wish, Reminder, Fact, Call] = Decider(Reminder(), decide, evolve)
REMINDER = Stream("reminder", "notice.events.v1", FACTS, decider, clocks=clocks, wake=wake)
