"""What somebody new does wrong is said at once, or does no harm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import text

from kernel.envelope import About
from kernel.event import Event
from kernel.handler import Handler
from kernel.read.projection import Projection
from kernel.read.reaction import Ask, Reactions
from kernel.web.service import Service
from tests.kernel.city import settle
from tests.kernel.conftest import OpenHouse
from tests.kernel.library.books import BOOK
from tests.kernel.library.services import LIBRARY
from tests.kernel.till import TILL, Enter, Entered, Mood, Ring, Rung, no_desk, page_of, takings


class Odd(Event):
    """No fact of any stream."""


@pytest.mark.connected
async def test_a_fact_of_another_stream_is_not_written(house: OpenHouse) -> None:
    """Written, it would make its stream unreadable for ever."""

    def odd(_wish: Ring, _count: int, _call: object) -> Sequence[Any]:
        return [Odd()]

    stream = replace(TILL, decider=replace(TILL.decider, decide=odd))
    till = await house(Service("till", [Handler(stream, no_desk)]))
    with pytest.raises(TypeError, match="Odd is no fact of this stream"):
        await till.do("north", Ring(1))
    assert await till.running.db.all(text("select * from kernel.events")) == []


@pytest.mark.connected
async def test_a_reaction_may_ask_one_stream_twice_and_others_after_it(house: OpenHouse) -> None:
    pages, reactions = page_of(Mood()), Reactions()

    @reactions.to(Rung)
    def enter_twice(fact: Rung, about: About) -> Iterable[Ask]:
        asks = [(about.key, fact.amount), (about.key, -fact.amount), ("all", fact.amount)]
        return [Ask(pages, key, Enter(amount)) for key, amount in asks]

    service = Service("till", [Handler(TILL, no_desk), pages], reactions=reactions.all)
    till = await house(service)
    await till.do("north", Ring(1))
    await settle(till)
    await till.running.db.do(text("update kernel.checkpoints set seq = 0 where name like 'react%'"))
    await settle(till)
    rows = await till.running.db.all(ENTERED)
    assert [tuple(row) for row in rows] == [("page-all", 1), ("page-north", 1), ("page-north", -1)]


ENTERED = text("""
select stream_id, (convert_from(data, 'utf8')::json ->> 'amount')::int as amount
  from kernel.events where type = 'Entered' order by stream_id, version
""")


def test_two_of_one_name_are_refused_before_anything_runs() -> None:
    same = Reactions()
    for _ in range(2):

        @same.to(Entered)
        def same_name(_fact: Entered, _about: About) -> Iterable[Ask]:
            return []

    with pytest.raises(ValueError, match="reaction same_name"):
        Service("till", reactions=same.all)
    with pytest.raises(ValueError, match="projection takings"):
        Service("till", projections=[takings(Mood()), takings(Mood(), version=2)])
    with pytest.raises(ValueError, match="prefix book"):
        Service("till", [*LIBRARY.handlers, *LIBRARY.handlers])


def test_a_row_that_cannot_begin_blank_is_refused() -> None:
    @dataclass(slots=True)
    class Row:
        key: str
        amount: int

    with pytest.raises(TypeError, match="amount"):
        Projection(Row, key="key", version=1)


def test_clocks_need_a_wish_that_answers_them() -> None:
    with pytest.raises(ValueError, match="needs a wish that answers them"):
        replace(BOOK, wake=None)
