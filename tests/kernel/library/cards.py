"""A reader's card: counts loans, and is blocked at the third."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Event, Kinds


@dataclass(frozen=True, slots=True)
class NoteLoan:
    book: str


@dataclass(frozen=True, slots=True)
class NoteReturn:
    book: str


Wish = NoteLoan | NoteReturn


class LoanNoted(Event):
    """One more book is out on this card."""

    book: str


class ReturnNoted(Event):
    """One book less."""

    book: str


class CardBlocked(Event):
    """Three books are out: no more until one is back."""

    books: int


Fact = LoanNoted | ReturnNoted | CardBlocked
FACTS: Kinds[Fact] = Kinds(Fact)
MOST = 3


@dataclass(frozen=True, slots=True)
class Card:
    out: frozenset[str] = frozenset()
    blocked: bool = False


def decide(wish: Wish, card: Card, _call: Call) -> Sequence[Fact]:
    match wish:
        case NoteLoan():
            return note_loan(wish, card)
        case NoteReturn():
            return note_return(wish, card)
        case _:
            assert_never(wish)


def note_loan(wish: NoteLoan, card: Card) -> Sequence[Fact]:
    if wish.book in card.out:
        return []
    noted = LoanNoted(book=wish.book)
    out = len(card.out) + 1
    return [noted, CardBlocked(books=out)] if out == MOST and not card.blocked else [noted]


def note_return(wish: NoteReturn, card: Card) -> Sequence[Fact]:
    if wish.book not in card.out:  # its loan may still be on the way
        raise Refused("no-such-loan")
    return [ReturnNoted(book=wish.book)]


def evolve(card: Card, fact: Fact) -> Card:
    match fact:
        case LoanNoted():
            return replace(card, out=card.out | {fact.book})
        case ReturnNoted():
            return replace(card, out=card.out - {fact.book}, blocked=False)
        case CardBlocked():
            return replace(card, blocked=True)
        case _:
            assert_never(fact)


class LoanCounted(Event):
    """One more loan in this reader's life. Counted twice it would stay so: no rule notices."""


TALLY_FACTS: Kinds[LoanCounted] = Kinds(LoanCounted)


def count(_wish: NoteLoan, _loans: int, _call: Call) -> Sequence[LoanCounted]:
    return [LoanCounted()]


def counted(loans: int, _fact: LoanCounted) -> int:
    return loans + 1


tally: Decider[NoteLoan, int, LoanCounted, Call] = Decider(0, count, counted)
TALLY = Stream("tally", "cards.v1", TALLY_FACTS, tally)

decider: Decider[Wish, Card, Fact, Call] = Decider(Card(), decide, evolve)
CARD = Stream("card", "cards.v1", FACTS, decider)
