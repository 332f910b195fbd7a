"""Load, decide, append: one answer for one command, whoever else writes beside it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from kernel import clock, writer
from kernel.database import Database
from kernel.decider import Claim, Refused, no_claims
from kernel.handle import Done, Stale
from kernel.handler import Handler
from kernel.store import MOST_BYTES, Append, Conflict, KeyReused, append, load
from tests.kernel.city import command
from tests.kernel.conftest import OpenHouse
from tests.kernel.library.books import (
    FACTS,
    BookBought,
    BookLent,
    BuyBook,
    LendBook,
    Remind,
    TakeBack,
)
from tests.kernel.library.services import LIBRARY

pytestmark = pytest.mark.connected
BUY = BuyBook("QA76", "Refactoring")


async def test_a_retry_gets_the_first_answer_even_when_it_would_now_be_refused(
    house: OpenHouse,
) -> None:
    library, book, lending = await house(LIBRARY), str(uuid4()), command()
    await library.do(book, BUY)
    assert await library.do(book, LendBook("ann"), lending) == Done(f"book-{book}", 2)
    again = await library.do(book, LendBook("ann"), lending)
    assert again == Done(f"book-{book}", 2, again=True)
    with pytest.raises(Refused, match="lent-already"):
        await library.do(book, LendBook("ann"))


async def test_the_same_key_with_another_wish_is_an_error(house: OpenHouse) -> None:
    library, book, once = await house(LIBRARY), str(uuid4()), command()
    await library.do(book, BUY, once)
    with pytest.raises(KeyReused):
        await library.do(book, LendBook("ann"), once)


async def test_an_old_screen_is_told_so(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    await library.do(book, BUY)
    with pytest.raises(Stale) as stale:
        await library.do(book, LendBook("ann"), command(seen=7))
    assert stale.value.words == {"version": 1}


async def test_what_others_could_not_hear_is_not_written(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    for key in ("x" * 300, "a\nb"):
        with pytest.raises(ValueError, match="too long or not printable"):
            await library.do(key, BUY)
    assert await library.running.db.all(text("select * from kernel.events")) == []


async def test_a_claim_of_a_new_release_is_made_also_for_what_was_there_before(
    house: OpenHouse,
) -> None:
    library, book, other = await house(LIBRARY), str(uuid4()), str(uuid4())
    (books, *_), store = LIBRARY.handlers, library.running.store
    before = Handler(replace(books.stream, claims=no_claims), books.desk)
    await before.carry_out(store, book, BUY, command())
    await library.do(book, LendBook("ann"))
    with pytest.raises(Refused, match="already-taken"):
        await library.do(other, BUY)


async def test_two_who_hold_one_value_since_an_older_release_can_both_go_on(
    house: OpenHouse,
) -> None:
    """One of them gets the claim; the other is refused nothing that it does not newly want."""
    library, book, other = await house(LIBRARY), str(uuid4()), str(uuid4())
    (books, *_), store = LIBRARY.handlers, library.running.store
    before = Handler(replace(books.stream, claims=no_claims), books.desk)
    for key in (book, other):
        await before.carry_out(store, key, BUY, command())
    for key in (book, other):
        assert not (await library.do(key, LendBook("ann"))).again
    assert [tuple(r) for r in await library.running.db.all(CLAIMS)] == [("QA76", f"book-{book}")]


async def test_who_frees_what_is_not_its_own_takes_it_from_nobody(house: OpenHouse) -> None:
    """A stream of an older release may believe that it holds what another has claimed since."""
    library, other = await house(LIBRARY), str(uuid4())
    await library.do(other, BUY)
    free = frozenset({Claim("shelfmark", BUY.shelfmark)})
    at = await clock.now(library.running.db)
    item = Append(uuid4(), b"", "book-x", "x", 0, at, [], free=free)
    await append(library.running.db, [item])
    assert [tuple(r) for r in await library.running.db.all(CLAIMS)] == [("QA76", f"book-{other}")]


CLAIMS = text("select value, stream_id from kernel.claims")


async def test_who_cannot_be_asked_why_says_so_to_its_caller_alone(
    house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_db: Database, _item: Append) -> bool:
        raise ConnectionError("gone")

    library, book, other = await house(LIBRARY), str(uuid4()), str(uuid4())
    await library.do(book, BUY)
    monkeypatch.setattr(writer, "held_by_another", away)
    third = library.do(str(uuid4()), BuyBook("QA77", "x"))
    got = await asyncio.gather(library.do(other, BUY), third, return_exceptions=True)
    assert isinstance(got[0], ConnectionError)
    assert isinstance(got[1], Done)


async def test_already_so_is_no_fact(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    await library.do(book, BUY)
    assert await library.do(book, TakeBack()) == Done(f"book-{book}", 1, again=True)


async def test_of_sixteen_at_once_one_wins_and_the_others_decide_again(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    await library.do(book, BUY)
    tries = [library.do(book, LendBook(f"reader-{n}")) for n in range(16)]
    got = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, Done) for one in got) == 1
    assert sum(isinstance(one, Refused) for one in got) == 15


async def test_the_same_command_eight_times_at_once_is_done_once(house: OpenHouse) -> None:
    library, book, once = await house(LIBRARY), str(uuid4()), command()
    got = await asyncio.gather(*[library.do(book, BUY, once) for _ in range(8)])
    assert {one.version for one in got} == {1}
    assert sum(not one.again for one in got) == 1


async def test_two_replicas_write_one_stream_without_a_hole(house: OpenHouse) -> None:
    one = await house(LIBRARY)
    url = one.running.settings.database_url.replace("+asyncpg", "")
    other, book = await house(LIBRARY, url), str(uuid4())
    await one.do(book, BUY)
    turns = [
        house.do(book, wish)
        for _ in range(20)
        for house, wish in ((one, LendBook("ann")), (other, TakeBack()))
    ]
    await asyncio.gather(*turns, return_exceptions=True)
    versions = await one.running.db.all(
        text("select version from kernel.events where stream_id = :s order by 1"), s=f"book-{book}"
    )
    assert [row.version for row in versions] == list(range(1, len(versions) + 1))


async def test_a_claim_belongs_to_one_stream_at_a_time(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    await library.do(str(uuid4()), BUY)
    with pytest.raises(Refused, match="already-taken"):
        await library.do(str(uuid4()), BUY)


async def test_of_many_that_claim_at_once_one_gets_it_and_the_rest_still_get_answers(
    house: OpenHouse,
) -> None:
    library = await house(LIBRARY)
    rivals = [library.do(str(uuid4()), BUY) for _ in range(8)]
    others = [library.do(str(uuid4()), BuyBook(f"QA{n}", "x")) for n in range(8)]
    got = await asyncio.gather(*rivals, *others, return_exceptions=True)
    assert sum(isinstance(one, Done) for one in got[:8]) == 1
    assert all(isinstance(one, Done) for one in got[8:])


async def test_a_stream_is_read_as_it_was_at_a_version_or_an_instant(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    await library.do(book, BUY)
    db, stream = library.running.db, f"book-{book}"
    first = await load(db, FACTS, stream)
    await library.do(book, LendBook("ann"))
    now = await load(db, FACTS, stream)
    assert [type(fact) for fact in now.facts] == [BookBought, BookLent]
    assert (await load(db, FACTS, stream, upto=1)).facts == first.facts
    assert (await load(db, FACTS, stream, until=first.now)).facts == first.facts
    assert (await load(db, FACTS, stream, until=first.now - timedelta(days=1))).facts == []


async def test_a_fact_too_large_to_tell_is_refused_before_it_is_kept(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    with pytest.raises(Refused, match="too-large"):
        await library.do(book, BuyBook("QA1", "x" * MOST_BYTES))
    assert (await load(library.running.db, FACTS, f"book-{book}")).version == 0


async def test_a_clock_starts_with_its_fact_and_stops_with_the_next(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    due = text("select clock from kernel.due where stream_id = :s")
    await library.do(book, BUY)
    await library.do(book, LendBook("ann"))
    assert len(await library.running.db.all(due, s=f"book-{book}")) == 1
    await library.do(book, TakeBack())
    assert await library.running.db.all(due, s=f"book-{book}") == []


async def test_a_wish_before_its_time_changes_nothing(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    await library.do(book, BUY)
    await library.do(book, LendBook("ann"))
    assert (await library.do(book, Remind())).again


async def test_when_others_always_come_first_it_says_so(house: OpenHouse) -> None:
    library, book = await house(LIBRARY), str(uuid4())
    await library.do(book, BUY)
    real = library.running.writer.append

    async def always_late(_item: object) -> object:
        raise Conflict("book")

    library.running.writer.append = always_late  # type: ignore[method-assign,assignment]
    with pytest.raises(Conflict):
        await library.do(book, LendBook("ann"))
    library.running.writer.append = real  # type: ignore[method-assign]
