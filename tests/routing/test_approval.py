"""Of a MAJOR matter the head of whoever leads approves the answer, or sends it back."""

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.leaving import IssueTransferred, TransferChannel
from contracts.permission import Role
from contracts.routing import AnswerResult, IssueAnswered, IssuePromotedToTopic, Lane, Mode
from kernel.decider import Actor
from kernel.seal.sealed import Sealed
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.approval import ApproveAnswer, SendAnswerBack
from services.routing.domain.case import Fact
from services.routing.domain.decider import Asked, decider
from services.routing.domain.possible import possible
from tests.given import given
from tests.routing.cases import (
    ACCEPTED,
    IN_PROGRESS,
    LIAISON,
    NOW,
    OTHER_TOWN,
    STATION,
    TOWN,
    VILLAGE,
    History,
    desk,
    reached,
    routed,
    seat,
    signed,
    started,
)

REPLY = "会上定了先装一部电梯，十月开工，街道每周看一次。"
ANSWER = AnswerIssue(AnswerResult.SOLVED, REPLY, no_meeting_reason="当天已修好")
SECRETARY, COMMITTEE = seat(Role.COMMUNITY_SECRETARY, VILLAGE), seat(Role.TOWN_COMMITTEE, TOWN)
BACK = SendAnswerBack(1, "写清什么时候开工")
draft = AnswerDrafted(
    round=1,
    nth=1,
    result=AnswerResult.SOLVED,
    reply=Sealed("case", REPLY),
    no_meeting_reason=Sealed("case", "当天已修好"),
)
second = draft.model_copy(update={"nth": 2})
back = AnswerSentBack(why=Sealed("case", BACK.reason))
SAID = {name: value for name, value in dict(draft).items() if name != "nth"}
MAJOR: History = (*ACCEPTED, routed(Lane.STREET, Mode.MAJOR), signed, reached, started)
DRAFTED: History = (*MAJOR, draft)


def test_the_answer_to_a_major_matter_waits_and_any_other_does_not() -> None:
    given(decider, *MAJOR).when(ANSWER, desk(LIAISON)).then(draft)
    (fact,) = given(decider, *IN_PROGRESS).when(ANSWER, desk(LIAISON)).facts
    assert isinstance(fact, IssueAnswered)


@pytest.mark.parametrize("head", [SECRETARY, COMMITTEE], ids=["its secretary", "who is above"])
def test_the_head_approves_it_to_the_letter(head: Actor) -> None:
    given(decider, *DRAFTED).when(ApproveAnswer(1), desk(head)).then(
        IssueAnswered(**SAID, evaluate_by=NOW + timedelta(days=10))
    )


def test_the_head_sends_it_back_and_it_is_drafted_anew() -> None:
    given(decider, *DRAFTED).when(BACK, desk(SECRETARY)).then(back)
    history = (*DRAFTED, back)
    given(decider, *history).when(ApproveAnswer(1), desk(SECRETARY)).then_refused(
        "no-answer-to-approve"
    )
    given(decider, *history).when(ANSWER, desk(LIAISON)).then(second)


def test_one_that_was_not_read_is_not_approved() -> None:
    history = (*DRAFTED, second)
    for wish in WISHES:
        given(decider, *history).when(wish, desk(SECRETARY)).then_refused("answer-drafted-anew")
    assert given(decider, *history).when(ApproveAnswer(2), desk(SECRETARY)).facts


WISHES: list[Asked] = [ApproveAnswer(1), BACK]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: type(wish).__name__)
def test_nobody_else_decides_on_it(wish: Asked) -> None:
    elsewhere = seat(Role.TOWN_COMMITTEE, OTHER_TOWN)
    for by in (LIAISON, STATION, elsewhere):
        given(decider, *DRAFTED).when(wish, desk(by)).then_refused("not-in-your-seat")


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: type(wish).__name__)
def test_there_must_be_one_and_the_matter_at_work(wish: Asked) -> None:
    given(decider, *MAJOR).when(wish, desk(SECRETARY)).then_refused("no-answer-to-approve")
    answered = IssueAnswered(**SAID, evaluate_by=NOW)
    given(decider, *DRAFTED, answered).when(wish, desk(SECRETARY)).then_refused("not-now")


AFTER: list[Fact] = [
    routed(Lane.STREET, Mode.MAJOR),
    IssuePromotedToTopic(topic_id=UUID(int=3)),
    IssueTransferred(channel=TransferChannel.COURT, explanation=Sealed("case", REPLY)),
]


@pytest.mark.parametrize("fact", AFTER, ids=lambda fact: type(fact).__name__)
def test_what_comes_between_has_it_drafted_anew(fact: Fact) -> None:
    assert decider.after((*DRAFTED, fact)).draft is None


def test_drafted_again_it_takes_the_place_of_the_one_before() -> None:
    assert decider.after((*DRAFTED, second)).draft == second


@pytest.mark.parametrize(("history", "now"), [(DRAFTED, True), (MAJOR, False)])
def test_the_page_offers_it_to_the_head_of_a_major_matter_alone(
    history: History, now: bool
) -> None:
    found = possible(decider.after(history), desk(SECRETARY))
    assert ("approve" in found.now, "approve" in found.not_yet) == (now, not now)
    small = possible(decider.after(IN_PROGRESS), desk(SECRETARY))
    assert "approve" not in {*small.now, *small.not_yet}
