"""The three services, wired as any service is."""

from collections.abc import Iterable

from kernel.database import Database
from kernel.decider import Call
from kernel.envelope import About
from kernel.handler import Desk, Handler
from kernel.read.reaction import Ask, Reactions
from kernel.web.service import Service
from tests.kernel.library import books, cards
from tests.kernel.library.books import BOOK, Book, BookBack, BookLate, BookLent
from tests.kernel.library.cards import CARD, TALLY, Card, CardBlocked, NoteLoan, NoteReturn
from tests.kernel.library.letters import LETTER, WriteLetter
from tests.kernel.library.shelves import readers, shelf


async def book_desk(_db: Database, _key: str, _wish: books.Wish) -> Desk[Book, books.Desk]:
    return lambda _book, call: books.Desk(call)


async def card_desk(_db: Database, _key: str, _wish: cards.Wish) -> Desk[Card, Call]:
    return lambda _card, call: call


async def letter_desk(_db: Database, _key: str, _wish: WriteLetter) -> Desk[int, Call]:
    return lambda _letters, call: call


async def tally_desk(_db: Database, _key: str, _wish: NoteLoan) -> Desk[int, Call]:
    return lambda _loans, call: call


BOOKS = Handler(BOOK, book_desk)
CARDS = Handler(CARD, card_desk)
LETTERS = Handler(LETTER, letter_desk)
TALLIES = Handler(TALLY, tally_desk)

of_cards, of_post = Reactions(), Reactions()


@of_cards.to(BookLent, BookBack)
def keep_the_card(fact: BookLent | BookBack, about: About) -> Iterable[Ask]:
    wish = NoteLoan(about.key) if isinstance(fact, BookLent) else NoteReturn(about.key)
    return [Ask(CARDS, fact.reader, wish)]


@of_cards.to(BookLent)
def count_the_loan(fact: BookLent, about: About) -> Iterable[Ask]:
    return [Ask(TALLIES, fact.reader, NoteLoan(about.key))]


@of_post.to(BookLate)
def remind_the_reader(fact: BookLate, about: About) -> Iterable[Ask]:
    return [Ask(LETTERS, str(about.id), WriteLetter(fact.reader, "late"))]


@of_post.to(CardBlocked)
def tell_of_the_block(_fact: CardBlocked, about: About) -> Iterable[Ask]:
    return [Ask(LETTERS, str(about.id), WriteLetter(about.key, "blocked"))]


LIBRARY = Service("library", [BOOKS], [shelf], hears=["cards.v1"])
CARD_OFFICE = Service("cards", [CARDS, TALLIES], reactions=of_cards.all, hears=["books.v1"])
POST = Service(
    "post",
    [LETTERS],
    [readers],
    of_post.all,
    hears=["books.v1", "cards.v1"],
    hears_keys=True,
)
