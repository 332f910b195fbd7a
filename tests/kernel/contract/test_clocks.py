"""Clocks ring when their time has come on the store's own clock: once, whoever else listens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from kernel import clock
from kernel.database import Database
from kernel.decider import Call, Decider, Stream, no_clocks
from kernel.event import Event, Kinds
from kernel.handler import Desk, Handler
from kernel.store import Conflict, KeyReused
from kernel.web.running import Running
from kernel.web.service import Service
from tests.kernel.city import command
from tests.kernel.contract.town import Town, all_of, carry_out, one_of, quiet, until, url_of
from tests.kernel.library.books import BuyBook, LendBook
from tests.kernel.library.services import LIBRARY, POST

pytestmark = pytest.mark.connected
BOOKS = [f"book {n}" for n in range(12)]
TWO_WEEKS = timedelta(days=14)
OUT = "select count(*) from kernel.events where type = 'EggTakenOut'"
LET_GO = text("update kernel.due set held_until = '-infinity'")
TRIED = text("update kernel.due set tries = :tries")


async def lend_all(library: Running) -> None:
    for n, book in enumerate(BOOKS):
        await carry_out(library, book, BuyBook(f"QA {n}", "x"), LendBook("ann"))


async def late(library: Running) -> int:
    return int(
        await one_of(library.db, "select count(*) from kernel.events where type = 'BookLate'")
    )


async def test_two_replicas_ring_each_clock_once(town: Town) -> None:
    """And what it wakes reaches others once."""
    library, post = await town.start(LIBRARY), await town.start(POST)
    second = await town.start(LIBRARY, url_of(library))
    await lend_all(library)
    await clock.move(library.db, TWO_WEEKS)

    async def written() -> bool:
        letters = await all_of(post.db, "select letters from read.reader where reader = 'ann'")
        return [row.letters for row in letters] == [len(BOOKS)] and await quiet(library, post)

    await until(written, "a letter is written for each")
    assert await late(second) == len(BOOKS)
    assert await one_of(library.db, "select count(*) from kernel.due") == 0
    assert await one_of(post.db, "select count(*) from kernel.events") == len(BOOKS)


async def test_the_store_has_one_clock_and_it_goes_ahead_only(alone: Town) -> None:
    """What is written after it was moved is dated by it, also by another process."""
    library = await alone.start(LIBRARY)
    other = await alone.start(LIBRARY, url_of(library))
    before = await clock.now(library.db)
    assert await clock.move(library.db, TWO_WEEKS) >= before + TWO_WEEKS
    with pytest.raises(ValueError, match="ahead"):
        await clock.move(library.db, timedelta(seconds=-1))
    await carry_out(other, "book", BuyBook("QA", "x"))
    at = await one_of(other.db, "select at from kernel.events")
    assert before + TWO_WEEKS <= at <= await clock.now(other.db)


@dataclass(frozen=True, slots=True)
class Boil:
    minutes: int


@dataclass(frozen=True, slots=True)
class TakeOut:
    pass


@dataclass(frozen=True, slots=True)
class Season:
    pass


Wish = Boil | TakeOut | Season


class EggPutIn(Event):
    """An egg boils."""

    done_at: datetime


class EggTakenOut(Event):
    """An egg is done."""


class EggSeasoned(Event):
    """It changes nothing for the clock."""


Fact = EggPutIn | EggTakenOut | EggSeasoned


@dataclass
class Kitchen:
    """`jammed`: the error that the rule meets for these eggs."""

    jammed: dict[str, Exception]

    def service(self) -> Service:
        return Service("kitchen", [Handler(EGG, self.desk)])

    async def desk(self, _db: Database, key: str, wish: Wish) -> Desk[object, Call]:
        if isinstance(wish, TakeOut) and key in self.jammed:
            raise self.jammed[key]
        return lambda _state, call: call


def decide(wish: Wish, _until: datetime | None, call: Call) -> Sequence[Fact]:
    """A simple cook: told twice, he takes it out twice; told too early, too early."""
    match wish:
        case Boil():
            return [EggPutIn(done_at=call.now + timedelta(minutes=wish.minutes))]
        case TakeOut():
            return [EggTakenOut()]
        case Season():
            return [EggSeasoned()]


def evolve(until: datetime | None, fact: Fact) -> datetime | None:
    match fact:
        case EggPutIn():
            return fact.done_at
        case EggTakenOut():
            return None
        case EggSeasoned():
            return until


def clocks(until: datetime | None) -> Mapping[str, datetime]:
    return {"done": until} if until else {}


def wake(_clock: str) -> Wish:
    return TakeOut()


EGG = Stream(
    "egg", "eggs.v1", Kinds[Fact](Fact), Decider(None, decide, evolve), clocks=clocks, wake=wake
)


async def put_in(kitchen: Running, eggs: int) -> None:
    for n in range(eggs):
        await carry_out(kitchen, str(n), Boil(n + 1))


async def test_a_clock_rings_once_though_its_rule_would_say_it_twice(alone: Town) -> None:
    """Two replicas, both awake when many clocks come due in one moment."""
    kitchen = await alone.start(Kitchen({}).service())
    await alone.start(Kitchen({}).service(), url_of(kitchen))
    await put_in(kitchen, 20)
    await clock.move(kitchen.db, timedelta(minutes=21))
    await until(lambda: no_clock_is_left(kitchen), "all have rung")
    assert await one_of(kitchen.db, OUT) == 20


async def test_a_clock_that_was_stopped_does_not_ring(alone: Town) -> None:
    kitchen = await alone.start(Kitchen({}).service())
    await put_in(kitchen, 3)
    await carry_out(kitchen, "1", TakeOut())
    await clock.move(kitchen.db, timedelta(minutes=5))
    await until(lambda: no_clock_is_left(kitchen), "the others have rung")
    assert await one_of(kitchen.db, OUT) == 3


async def no_clock_is_left(kitchen: Running) -> bool:
    return not await all_of(kitchen.db, "select * from kernel.due")


async def taken_out(kitchen: Running) -> set[str]:
    rows = await all_of(
        kitchen.db, "select stream_id from kernel.events where type = 'EggTakenOut'"
    )
    return {row.stream_id for row in rows}


@pytest.mark.parametrize(
    "error", [ArithmeticError(), TimeoutError()], ids=["a bug", "a time limit"]
)
async def test_a_failing_rule_holds_up_no_other_clock_and_rings_again(
    alone: Town, error: Exception
) -> None:
    jammed: dict[str, Exception] = {"1": error}
    kitchen = await alone.start(Kitchen(jammed).service())
    await put_in(kitchen, 4)
    await clock.move(kitchen.db, timedelta(minutes=5))
    await until(lambda: are(kitchen, {"egg-0", "egg-2", "egg-3"}), "the others are taken out")
    (due,) = await all_of(kitchen.db, "select * from kernel.due")
    assert (due.stream_id, due.tries) == ("egg-1", 1)
    jammed.clear()
    await kitchen.db.do(LET_GO)
    await until(lambda: are(kitchen, {f"egg-{n}" for n in range(4)}), "it rang again")


@pytest.mark.parametrize(
    ("error", "left"), [(KeyReused("egg-1"), 0), (Conflict("egg-1"), 1)], ids=["reused", "conflict"]
)
async def test_a_clock_that_others_were_quicker_to_answer_is_no_failure(
    alone: Town, error: Exception, left: int, capsys: pytest.CaptureFixture[str]
) -> None:
    kitchen = await alone.start(Kitchen({"1": error}).service())
    await put_in(kitchen, 2)
    await clock.move(kitchen.db, timedelta(minutes=5))
    await until(lambda: are(kitchen, {"egg-0"}), "the other is taken out")
    await until(lambda: due(kitchen, left), "it is done, or rings again")
    assert "a clock rang and its rule failed" not in capsys.readouterr().out


async def test_a_clock_that_was_answered_with_nothing_is_done(alone: Town) -> None:
    """Though its stream still names it, and goes on: it is set anew only for another instant."""
    eggs = replace(EGG, decider=replace(EGG.decider, decide=deaf))
    kitchen = await alone.start(Service("kitchen", [Handler(eggs, Kitchen({}).desk)]))
    await carry_out(kitchen, "1", Boil(1))
    await clock.move(kitchen.db, timedelta(minutes=2))
    await until(lambda: due(kitchen, 0), "it rang")
    await carry_out(kitchen, "1", Season())
    assert await due(kitchen, 0)
    await carry_out(kitchen, "1", Boil(9))
    assert await due(kitchen, 1)


def deaf(wish: Wish, until: datetime | None, call: Call) -> Sequence[Fact]:
    return [] if isinstance(wish, TakeOut) else decide(wish, until, call)


async def due(kitchen: Running, count: int) -> bool:
    return len(await all_of(kitchen.db, "select * from kernel.due where not rung")) == count


async def test_a_clock_of_a_new_release_starts_also_for_what_was_there_before(alone: Town) -> None:
    """With the next fact: nobody goes through all streams for it."""
    kitchen = await alone.start(Kitchen({}).service())
    silent, store = replace(EGG, clocks=no_clocks), kitchen.ready()
    eggs = Handler(silent, Kitchen({}).desk)
    await eggs.carry_out(store, "1", Boil(1), command())
    assert await all_of(kitchen.db, "select * from kernel.due") == []
    await carry_out(kitchen, "1", Season())
    await clock.move(kitchen.db, timedelta(minutes=5))
    await until(lambda: are(kitchen, {"egg-1"}), "it rang")


async def are(kitchen: Running, expected: set[str]) -> bool:
    return await taken_out(kitchen) == expected


async def test_a_rule_that_fails_for_days_holds_up_no_other_clock(alone: Town) -> None:
    kitchen = await alone.start(Kitchen({"1": ArithmeticError()}).service())
    await carry_out(kitchen, "1", Boil(1))
    await kitchen.db.do(TRIED, {"tries": 1_000})
    await carry_out(kitchen, "2", Boil(1))
    await clock.move(kitchen.db, timedelta(minutes=5))
    await until(lambda: are(kitchen, {"egg-2"}), "the other is taken out")
    held = await one_of(kitchen.db, "select held_until - clock_timestamp() from kernel.due")
    assert held <= timedelta(hours=1)
