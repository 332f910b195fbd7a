"""What the organisation that leads does, and may not do yet."""

import pytest

from contracts.routing import (
    ContactMethod,
    IssueContacted,
    IssueProgressed,
    IssueSigned,
    IssueWorkStarted,
)
from kernel.seal.sealed import Sealed
from services.routing.domain.decider import Asked, decider
from services.routing.domain.work import AddProgress, ContactReporter, SignIssue, StartWork
from tests.given import given
from tests.routing.cases import (
    ACCEPTED,
    ANSWERED,
    ELSEWHERE,
    IN_PROGRESS,
    LIAISON,
    ROUTED,
    SIGNED,
    STATION,
    History,
    again,
    answered,
    desk,
    reached,
)

CALLED = ContactReporter(ContactMethod.PHONE, reached=False)
in_vain = [IssueContacted(method=ContactMethod.PHONE, reached=False, attempt=n) for n in (1, 2, 3)]


def test_it_is_signed_once_by_who_leads() -> None:
    assert LIAISON.seat is not None
    given(decider, *ROUTED).when(SignIssue(), desk(LIAISON)).then(
        IssueSigned(signed_by_seat=LIAISON.seat)
    )
    given(decider, *SIGNED).when(SignIssue(), desk(LIAISON)).then_nothing()
    given(decider, *ACCEPTED).when(SignIssue(), desk(LIAISON)).then_refused("not-now")


WORK: list[tuple[History, Asked]] = [
    (ROUTED, SignIssue()),
    (SIGNED, CALLED),
    (SIGNED, StartWork()),
    (IN_PROGRESS, AddProgress("x")),
]


@pytest.mark.parametrize(("history", "wish"), WORK, ids=lambda x: type(x).__name__)
def test_nobody_else_does_it(history: History, wish: Asked) -> None:
    for by in (STATION, ELSEWHERE):
        given(decider, *history).when(wish, desk(by)).then_refused("not-in-your-seat")


def test_calls_are_counted() -> None:
    given(decider, *SIGNED, in_vain[0]).when(CALLED, desk(LIAISON)).then(in_vain[1])
    given(decider, *ROUTED).when(CALLED, desk(LIAISON)).then_refused("not-now")


def test_work_begins_when_the_resident_was_reached_or_tried_three_times() -> None:
    refused = given(decider, *SIGNED, *in_vain[:2]).when(StartWork(), desk(LIAISON))
    refused.then_refused("speak-to-the-resident-first")
    assert LIAISON.seat is not None
    begun = IssueWorkStarted(handler_seat=LIAISON.seat)
    given(decider, *SIGNED, *in_vain).when(StartWork(), desk(LIAISON)).then(begun)
    given(decider, *SIGNED, reached).when(StartWork(), desk(LIAISON)).then(begun)
    given(decider, *IN_PROGRESS).when(StartWork(), desk(LIAISON)).then_nothing()


def test_in_a_new_round_the_resident_is_spoken_to_again() -> None:
    history = (*ANSWERED, again)
    given(decider, *history).when(StartWork(), desk(LIAISON)).then_refused(
        "speak-to-the-resident-first"
    )


def test_progress_is_told_while_it_is_worked_on() -> None:
    told = IssueProgressed(note=Sealed("case", "已派人查看"), public=True)
    wish = AddProgress("已派人查看", public=True)
    given(decider, *IN_PROGRESS).when(wish, desk(LIAISON)).then(told)
    given(decider, *IN_PROGRESS, answered).when(wish, desk(LIAISON)).then_refused("not-now")
