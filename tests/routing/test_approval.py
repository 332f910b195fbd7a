"""Of a MAJOR matter the head of whoever leads approves the answer, or sends it back."""

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.permission import Role
from contracts.routing import AnswerResult, IssueAnswered, IssuePromotedToTopic, Lane, Mode
from kernel.decider import Actor
from kernel.seal.sealed import Sealed
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.approval import ApproveAnswer, SendAnswerBack
from services.routing.domain.case import Fact
from services.routing.domain.decider import Asked, decider
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
BACK = SendAnswerBack("写清什么时候开工")
draft = AnswerDrafted(
    round=1,
    result=AnswerResult.SOLVED,
    reply=Sealed("case", REPLY),
    no_meeting_reason=Sealed("case", "当天已修好"),
)
back = AnswerSentBack(why=Sealed("case", BACK.reason))
MAJOR: History = (*ACCEPTED, routed(Lane.STREET, Mode.MAJOR), signed, reached, started)
DRAFTED: History = (*MAJOR, draft)


def test_the_answer_to_a_major_matter_waits_and_any_other_does_not() -> None:
    given(decider, *MAJOR).when(ANSWER, desk(LIAISON)).then(draft)
    (fact,) = given(decider, *IN_PROGRESS).when(ANSWER, desk(LIAISON)).facts
    assert isinstance(fact, IssueAnswered)


@pytest.mark.parametrize("head", [SECRETARY, COMMITTEE], ids=["its secretary", "who is above"])
def test_the_head_approves_it_to_the_letter(head: Actor) -> None:
    given(decider, *DRAFTED).when(ApproveAnswer(), desk(head)).then(
        IssueAnswered(**dict(draft), evaluate_by=NOW + timedelta(days=10))
    )


def test_the_head_sends_it_back_and_it_is_drafted_anew() -> None:
    given(decider, *DRAFTED).when(BACK, desk(SECRETARY)).then(back)
    history = (*DRAFTED, back)
    given(decider, *history).when(ApproveAnswer(), desk(SECRETARY)).then_refused(
        "no-answer-to-approve"
    )
    given(decider, *history).when(ANSWER, desk(LIAISON)).then(draft)


WISHES: list[Asked] = [ApproveAnswer(), BACK]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: type(wish).__name__)
def test_nobody_else_decides_on_it(wish: Asked) -> None:
    elsewhere = seat(Role.TOWN_COMMITTEE, OTHER_TOWN)
    for by in (LIAISON, STATION, elsewhere):
        given(decider, *DRAFTED).when(wish, desk(by)).then_refused("not-in-your-seat")


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: type(wish).__name__)
def test_there_must_be_one_and_the_matter_at_work(wish: Asked) -> None:
    given(decider, *MAJOR).when(wish, desk(SECRETARY)).then_refused("no-answer-to-approve")
    answered = IssueAnswered(**dict(draft), evaluate_by=NOW)
    given(decider, *DRAFTED, answered).when(wish, desk(SECRETARY)).then_refused("not-now")


AFTER: list[Fact] = [
    routed(Lane.STREET, Mode.MAJOR),
    IssuePromotedToTopic(topic_id=UUID(int=3)),
]


@pytest.mark.parametrize("fact", AFTER, ids=lambda fact: type(fact).__name__)
def test_what_comes_between_has_it_drafted_anew(fact: Fact) -> None:
    assert decider.after((*DRAFTED, fact)).draft is None


def test_drafted_again_it_takes_the_place_of_the_one_before() -> None:
    other = draft.model_copy(update={"result": AnswerResult.PARTLY})
    assert decider.after((*DRAFTED, other)).draft == other
