"""Residents are reminded twice, and not once they have said their word."""

from datetime import UTC, datetime, timedelta

from kernel.decider import Call
from kernel.handler import service_actor
from services.notify.domain.reminder import (
    AFTER,
    AwaitWord,
    Fact,
    Ring,
    StopWaiting,
    WordAwaited,
    WordCame,
    WordDue,
    clocks,
    decider,
)
from tests.given import given

ANSWERED = datetime(2026, 9, 23, 4, tzinfo=UTC)
AWAITED = WordAwaited(round=1, remind_at=tuple(ANSWERED + after for after in AFTER))


def day(count: int) -> Call:
    return Call(service_actor("notify"), ANSWERED + timedelta(days=count))


def rings(*history: Fact) -> list[timedelta]:
    return [at - ANSWERED for at in clocks(decider.after(history)).values()]


def test_they_are_reminded_on_the_third_day_and_the_seventh() -> None:
    given(decider).when(AwaitWord(1, ANSWERED), day(0)).then(AWAITED)
    given(decider, AWAITED).when(Ring(), day(2)).then_nothing()
    given(decider, AWAITED).when(Ring(), day(3)).then(WordDue(nth=1))
    given(decider, AWAITED, WordDue(nth=1)).when(Ring(), day(7)).then(WordDue(nth=2))
    assert rings(AWAITED) == [timedelta(days=3)]
    assert rings(AWAITED, WordDue(nth=1)) == [timedelta(days=7)]
    assert rings(AWAITED, WordDue(nth=1), WordDue(nth=2)) == []


def test_their_word_ends_it() -> None:
    given(decider, AWAITED).when(StopWaiting(), day(1)).then(WordCame())
    given(decider, AWAITED, WordCame()).when(Ring(), day(3)).then_nothing()
    given(decider, AWAITED, WordCame()).when(StopWaiting(), day(1)).then_nothing()
    given(decider).when(StopWaiting(), day(1)).then_nothing()
    assert rings(AWAITED, WordCame()) == []


def test_an_answer_of_the_next_round_is_waited_for_anew() -> None:
    again = WordAwaited(round=2, remind_at=AWAITED.remind_at)
    given(decider, AWAITED, WordCame()).when(AwaitWord(2, ANSWERED), day(0)).then(again)
    given(decider, AWAITED).when(AwaitWord(1, ANSWERED), day(0)).then_nothing()
    assert rings(AWAITED, WordCame(), again) == [timedelta(days=3)]
