"""Which book is where, and how often was it lent?"""

from dataclasses import dataclass
from datetime import datetime

from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from tests.kernel.library.books import BookBack, BookBought, BookLate, BookLent
from tests.kernel.library.cards import CardBlocked, LoanNoted, ReturnNoted
from tests.kernel.library.letters import LetterWritten


@dataclass(slots=True)
class Shelf:
    book: str
    shelfmark: str = ""
    reader: str | None = None
    remark: str = ""
    due: datetime | None = None
    late: bool = False
    loans: int = 0
    version: int = 0


shelf = Projection(Shelf, key="book", version=1, indexes=("reader",))


@shelf.when(BookBought)
def bought(_row: Shelf, fact: BookBought, about: About) -> Changes:
    return {"shelfmark": fact.shelfmark, "version": about.version}


@shelf.when(BookLent)
def lent(row: Shelf, fact: BookLent, about: About) -> Changes:
    return {
        "reader": fact.reader,
        "remark": fact.remark.token,
        "due": fact.due,
        "loans": row.loans + 1,
        "version": about.version,
    }


@shelf.when(BookBack)
def back(_row: Shelf, _fact: BookBack, about: About) -> Changes:
    return {"reader": None, "due": None, "late": False, "version": about.version}


@shelf.when(BookLate)
def late(_row: Shelf, _fact: BookLate, about: About) -> Changes:
    return {"late": True, "version": about.version}


@dataclass(slots=True)
class Reader:
    """What the post knows of a reader; each field has one owning stream."""

    reader: str
    loans: int = 0
    out: int = 0
    blocked: bool = False
    letters: int = 0


def of_reader(fact: BookLent, _about: About) -> tuple[str]:
    return (fact.reader,)


def of_addressee(fact: LetterWritten, _about: About) -> tuple[str]:
    return (fact.to,)


readers = Projection(Reader, key="reader", version=1)


@readers.when(BookLent, keys=of_reader)
def reader_lent(row: Reader, _fact: BookLent, _about: About) -> Changes:
    return {"loans": row.loans + 1}


@readers.when(LoanNoted)
def loan_noted(row: Reader, _fact: LoanNoted, _about: About) -> Changes:
    return {"out": row.out + 1}


@readers.when(ReturnNoted)
def return_noted(row: Reader, _fact: ReturnNoted, _about: About) -> Changes:
    return {"out": row.out - 1, "blocked": False}


@readers.when(CardBlocked)
def card_blocked(_row: Reader, _fact: CardBlocked, _about: About) -> Changes:
    return {"blocked": True}


@readers.when(LetterWritten, keys=of_addressee)
def letter_written(row: Reader, _fact: LetterWritten, _about: About) -> Changes:
    return {"letters": row.letters + 1}
