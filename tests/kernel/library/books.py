"""A book: bought under a shelfmark of its own, lent, brought back or late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, assert_never

from pydantic import AwareDatetime

from kernel.decider import Call, Claim, Decider, Refused, Stream
from kernel.event import Event, Kinds, Lift, Raw
from kernel.seal.sealed import Sealed


@dataclass(frozen=True, slots=True)
class BuyBook:
    shelfmark: str
    title: str


@dataclass(frozen=True, slots=True)
class LendBook:
    reader: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class TakeBack:
    pass


@dataclass(frozen=True, slots=True)
class Remind:
    """What the clock wishes when a loan comes due."""


Wish = BuyBook | LendBook | TakeBack | Remind


class BookBought(Event):
    """The library owns one more book."""

    shelfmark: str
    title: str


def _say_days(raw: Raw) -> Raw:
    return {**raw, "days": 14}


class BookLent(Event):
    """A reader took the book home."""

    lifts: ClassVar[tuple[Lift, ...]] = (_say_days,)
    reader: str
    remark: Sealed  # opened with the book's key
    due: AwareDatetime
    days: int  # since version 2; before that every loan was for two weeks


class BookBack(Event):
    """The book stands on its shelf again."""

    reader: str


class BookLate(Event):
    """The day came and the book did not."""

    reader: str


Fact = BookBought | BookLent | BookBack | BookLate
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class Book:
    shelfmark: str = ""
    loan: BookLent | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    call: Call
    days: int = 14


def decide(wish: Wish, book: Book, desk: Desk) -> Sequence[Fact]:
    match wish:
        case BuyBook():
            return buy(wish, book)
        case LendBook():
            return lend(wish, book, desk)
        case TakeBack():
            return [BookBack(reader=book.loan.reader)] if book.loan else []
        case Remind():
            return remind(book, desk)
        case _:
            assert_never(wish)


def buy(wish: BuyBook, book: Book) -> Sequence[Fact]:
    if book.shelfmark:
        return []
    return [BookBought(shelfmark=wish.shelfmark, title=wish.title)]


def lend(wish: LendBook, book: Book, desk: Desk) -> Sequence[Fact]:
    if not book.shelfmark:
        raise Refused("no-such-book")
    if book.loan:
        raise Refused("lent-already", until=book.loan.due)
    due = desk.call.now + timedelta(days=desk.days)
    remark = Sealed("book", wish.remark)
    return [BookLent(reader=wish.reader, remark=remark, due=due, days=desk.days)]


def remind(book: Book, desk: Desk) -> Sequence[Fact]:
    if book.loan is None or book.late or desk.call.now < book.loan.due:
        return []
    return [BookLate(reader=book.loan.reader)]


def evolve(book: Book, fact: Fact) -> Book:
    match fact:
        case BookBought():
            return replace(book, shelfmark=fact.shelfmark)
        case BookLent():
            return replace(book, loan=fact, late=False)
        case BookBack():
            return replace(book, loan=None, late=False)
        case BookLate():
            return replace(book, late=True)
        case _:
            assert_never(fact)


def clocks(book: Book) -> Mapping[str, datetime]:
    return {"due": book.loan.due} if book.loan and not book.late else {}


def claims(book: Book) -> frozenset[Claim]:
    return frozenset({Claim("shelfmark", book.shelfmark)} if book.shelfmark else ())


def wake(_clock: str) -> Wish:
    return Remind()


decider: Decider[Wish, Book, Fact, Desk] = Decider(Book(), decide, evolve)
BOOK = Stream("book", "books.v1", FACTS, decider, clocks=clocks, claims=claims, wake=wake)
