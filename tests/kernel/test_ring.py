"""The three services together: what one tells becomes what another does and shows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from kernel import clock
from tests.kernel.checker import check_heard, check_projection, check_store, check_told, parked
from tests.kernel.city import House, settle
from tests.kernel.conftest import OpenHouse
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import CARD_OFFICE, LIBRARY, POST
from tests.kernel.library.shelves import readers, shelf
from tests.kernel.local import LocalBroker

pytestmark = pytest.mark.connected
PUT_BACK = text("update kernel.checkpoints set seq = 0 where name like 'react:%'")
COUNTED = text("select count(*) as n from kernel.events where type = 'LoanCounted'")


async def check_ring(library: House, cards: House, post: House) -> list[str]:
    a, b, c = (house.running.db for house in (library, cards, post))
    wrong = [w for db in (a, b, c) for w in await check_store(db)]
    wrong += await check_heard(a, b, ["book"]) + await check_heard(a, c, ["book"])
    wrong += await check_heard(b, a, ["card"]) + await check_heard(b, c, ["card"])
    wrong += await check_projection(a, shelf) + await check_projection(c, readers)
    return wrong + [w for db in (a, b, c) for w in await parked(db)]


async def test_a_loan_reaches_card_letter_and_page(house: OpenHouse, broker: LocalBroker) -> None:
    library, cards, post = await house(LIBRARY), await house(CARD_OFFICE), await house(POST)
    books = [str(uuid4()) for _ in range(3)]
    for n, book in enumerate(books):
        await library.do(book, BuyBook(f"QA{n}", "x"))
        await library.do(book, LendBook("ann"))
    await settle(library, cards, post)
    await clock.move(library.running.db, timedelta(days=15))
    await library.do(books[0], TakeBack())
    await settle(library, cards, post)
    ann = await post.running.db.one(text("select * from read.reader"))
    assert (ann.loans, ann.out, ann.blocked, ann.letters) == (3, 2, False, 3)
    assert await check_ring(library, cards, post) == []
    assert check_told(r.headers for r in broker.told("books.v1")) == []


async def test_a_loan_that_is_met_again_is_counted_once(house: OpenHouse) -> None:
    library, cards = await house(LIBRARY), await house(CARD_OFFICE)
    book = str(uuid4())
    await library.do(book, BuyBook("QA1", "x"))
    await library.do(book, LendBook("ann"))
    await settle(library, cards)
    assert await cards.running.db.do(PUT_BACK) == 2
    await settle(library, cards)
    assert (await cards.running.db.one(COUNTED)).n == 1
