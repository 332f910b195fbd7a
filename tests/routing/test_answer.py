"""The answer, the resident's word about it, and what comes late."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.intake import Solved
from contracts.routing import (
    AnswerResult,
    ClockName,
    CloseBasis,
    EscalationLevel,
    EscalationRaised,
    IssueAnswered,
    IssueClosed,
    IssueReopened,
    Lane,
    Mode,
    VoiceNotFollowed,
)
from kernel.seal.sealed import Sealed
from services.routing.domain.answer import AnswerIssue, HearEvaluation
from services.routing.domain.case import clocks
from services.routing.domain.decider import decider, wake
from tests.given import given
from tests.routing.cases import (
    ACCEPTED,
    ANSWERED,
    CALENDAR,
    CLOSED,
    IN_PROGRESS,
    LIAISON,
    NOW,
    ROUTED,
    SERVICE,
    SIGNED,
    STATION,
    VILLAGE,
    History,
    again,
    desk,
    reached,
    routed,
    signed,
    started,
)

REPLY = "路灯已于今日修好，物业每周检查一次，请放心出行。"
ANSWER = AnswerIssue(AnswerResult.SOLVED, REPLY)
FACT = UUID(int=9)
MINOR = (*ACCEPTED, routed(Lane.COMMUNITY, Mode.MINOR), signed, reached, started)


def test_it_is_answered_and_the_resident_has_ten_days() -> None:
    given(decider, *IN_PROGRESS).when(ANSWER, desk(LIAISON)).then(
        IssueAnswered(
            round=1,
            result=AnswerResult.SOLVED,
            reply=Sealed("case", REPLY),
            evaluate_by=NOW + timedelta(days=10),
        )
    )


def test_only_who_leads_answers_and_only_once() -> None:
    given(decider, *IN_PROGRESS).when(ANSWER, desk(STATION)).then_refused("not-in-your-seat")
    given(decider, *ANSWERED).when(ANSWER, desk(LIAISON)).then_refused("not-now")
    given(decider, *SIGNED).when(ANSWER, desk(LIAISON)).then_refused("not-now")


def test_on_the_agenda_needs_a_date() -> None:
    later = AnswerIssue(AnswerResult.ON_AGENDA, REPLY)
    given(decider, *IN_PROGRESS).when(later, desk(LIAISON)).then_refused(
        "say-when-it-is-looked-at-again"
    )


def test_a_matter_for_a_council_is_met_about_or_it_is_said_why_not() -> None:
    given(decider, *MINOR).when(ANSWER, desk(LIAISON)).then_refused("meet-first-or-say-why-not")
    why = AnswerIssue(AnswerResult.SOLVED, REPLY, no_meeting_reason="当天已修好")
    assert given(decider, *MINOR).when(why, desk(LIAISON)).facts
    meeting = uuid4()
    met = AnswerIssue(AnswerResult.SOLVED, REPLY, meeting_id=meeting)
    given(decider, *MINOR).when(met, desk(LIAISON)).then_refused("no-such-meeting-was-held")
    assert given(decider, *MINOR).when(met, desk(LIAISON, held=frozenset({meeting}))).facts


def heard(solved: Solved, satisfaction: int, round_: int = 1) -> HearEvaluation:
    return HearEvaluation(FACT, round_, solved, satisfaction)


@pytest.mark.parametrize(("solved", "satisfaction"), [(Solved.YES, 5), (Solved.PARTLY, 3)])
def test_who_is_content_closes_it(solved: Solved, satisfaction: int) -> None:
    closed = IssueClosed(basis=CloseBasis.EVALUATED, solved=solved)
    given(decider, *ANSWERED).when(heard(solved, satisfaction), desk(SERVICE)).then(closed)


@pytest.mark.parametrize(("solved", "satisfaction"), [(Solved.NO, 5), (Solved.YES, 2)])
def test_who_is_not_has_it_worked_on_again(solved: Solved, satisfaction: int) -> None:
    given(decider, *ANSWERED).when(heard(solved, satisfaction), desk(SERVICE)).then(
        IssueReopened(
            round=2,
            contact_by=CALENDAR.plus_days(NOW, 1),
            resolve_by=CALENDAR.plus_days(NOW, 3),
        )
    )


@pytest.mark.parametrize("history", [CLOSED, IN_PROGRESS, (*ANSWERED, again)])
def test_a_voice_that_comes_too_late_is_answered_too(history: History) -> None:
    late = given(decider, *history).when(heard(Solved.NO, 1), desk(SERVICE))
    (fact,) = late.facts
    assert isinstance(fact, VoiceNotFollowed)
    assert fact.fact_id == FACT
    given(decider, *history, fact).when(heard(Solved.NO, 1), desk(SERVICE)).then_nothing()


def test_a_late_signature_is_urged_once() -> None:
    due = CALENDAR.plus_days(NOW, 1)
    urged = EscalationRaised(
        level=EscalationLevel.E1, clock=ClockName.SIGN, org=VILLAGE, due=due, count=1
    )
    rung, late = wake("sign"), desk(SERVICE, after=timedelta(days=2))
    given(decider, *ROUTED).when(rung, desk(SERVICE)).then_nothing()
    given(decider, *ROUTED).when(rung, late).then(urged)
    given(decider, *ROUTED, urged).when(rung, late).then_nothing()
    given(decider, *SIGNED).when(rung, late).then_nothing()


def test_clocks_stop_when_their_step_is_taken() -> None:
    running = [set(clocks(decider.after(history))) for history in (ACCEPTED, ROUTED, SIGNED)]
    assert running == [set(), {"sign", "contact", "resolve"}, {"contact", "resolve"}]
    assert set(clocks(decider.after((*SIGNED, reached)))) == {"resolve"}
    assert clocks(decider.after(ANSWERED)) == clocks(decider.after(CLOSED)) == {}
    assert set(clocks(decider.after((*ANSWERED, again)))) == {"contact", "resolve"}
