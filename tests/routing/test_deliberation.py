"""What a topic, its committee and its council bring to a matter, in whatever order it is heard."""

from datetime import timedelta
from uuid import UUID

import pytest

from contracts.meetings import ItemOutcome, Outcome, TopicLevel, TopicProposed, TopicSource
from contracts.permission import Role
from contracts.routing import (
    AnswerResult,
    Deliberated,
    IssueDeliberated,
    IssuePromotedToTopic,
    IssueTopicDecided,
    Lane,
    Mode,
    TopicDecision,
)
from contracts.stages import Stage
from kernel.seal.sealed import Sealed
from services.routing.domain import docket
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.case import clocks
from services.routing.domain.decider import decider
from services.routing.domain.deliberation import HearDecision, HearMeeting, PromoteToTopic
from services.routing.domain.docket import LayTopic, MeetAbout, SettleTopic, TopicLaid, TopicMet
from services.routing.domain.work import AddProgress, StartWork
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
    SUBMITTED,
    TOWN,
    History,
    desk,
    reached,
    routed,
    seat,
    signed,
)

TOPIC, OTHER, MEETING, ISSUE = (UUID(int=n) for n in (5, 6, 7, 8))
BY = NOW + timedelta(days=14)
LAID = PromoteToTopic(TOPIC, BY)
APPROVED = HearDecision(TOPIC, TopicDecision.APPROVED, meet_by=BY)
DEFERRED = HearDecision(TOPIC, TopicDecision.DEFERRED, until=BY.date())
MET = HearMeeting(TOPIC, MEETING, Deliberated.AGREED)

promoted = IssuePromotedToTopic(topic_id=TOPIC, decide_by=BY)
approved = IssueTopicDecided(topic_id=TOPIC, decision=TopicDecision.APPROVED, meet_by=BY)
agreed = IssueDeliberated(meeting_id=MEETING, outcome=Deliberated.AGREED)
STREET = (*ACCEPTED, routed(Lane.STREET, Mode.MAJOR))
PENDING: History = (*STREET, promoted)
DELIBERATING: History = (*PENDING, approved)
IMPLEMENTING: History = (*DELIBERATING, agreed)


@pytest.mark.parametrize("history", [STREET, (*STREET, signed), SIGNED, IN_PROGRESS])
def test_a_matter_becomes_a_topic_from_wherever_it_is_worked_on(history: History) -> None:
    given(decider, *history).when(LAID, desk(SERVICE)).then(promoted)


@pytest.mark.parametrize("history", [(), SUBMITTED, ACCEPTED, ROUTED])
def test_a_topic_that_came_before_the_matter_is_worked_on_waits(history: History) -> None:
    refused = given(decider, *history).when(LAID, desk(SERVICE)).refusal
    assert refused is not None
    assert refused.code in ("no-such-case", "not-now")


@pytest.mark.parametrize("history", [PENDING, DELIBERATING, IMPLEMENTING, ANSWERED, CLOSED])
def test_a_topic_that_is_told_again_or_too_late_changes_nothing(history: History) -> None:
    given(decider, *history).when(LAID, desk(SERVICE)).then_nothing()
    other = PromoteToTopic(OTHER, BY)
    given(decider, *history).when(other, desk(SERVICE)).then_nothing()


def test_what_the_committee_decides_follows() -> None:
    given(decider, *PENDING).when(APPROVED, desk(SERVICE)).then(approved)
    (deferred,) = given(decider, *PENDING).when(DEFERRED, desk(SERVICE)).facts
    assert decider.after((*PENDING, deferred)).stage is Stage.TOPIC_PENDING
    assert decider.after(DELIBERATING).stage is Stage.DELIBERATING


@pytest.mark.parametrize("history", [SIGNED, DELIBERATING, IMPLEMENTING, CLOSED])
def test_a_decision_that_is_late_or_on_another_topic_changes_nothing(history: History) -> None:
    given(decider, *history).when(APPROVED, desk(SERVICE)).then_nothing()
    other = HearDecision(OTHER, TopicDecision.APPROVED, meet_by=BY)
    given(decider, *PENDING).when(other, desk(SERVICE)).then_nothing()


def test_who_deals_with_it_instead_leads_and_speaks_to_the_resident_anew() -> None:
    no = HearDecision(TOPIC, TopicDecision.REJECTED, handling_org=TOWN)
    history = (*STREET, signed, reached, promoted)
    (fact,) = given(decider, *history).when(no, desk(SERVICE)).facts
    case = decider.after((*history, fact))
    assert (case.stage, case.lead, case.spoken_to()) == (Stage.IN_PROGRESS, TOWN, False)
    assert clocks(case)["contact"] == CALENDAR.plus_days(NOW, 1)
    told = given(decider, *history, fact)
    told.when(AddProgress("x"), desk(LIAISON)).then_refused("not-in-your-seat")
    assert told.when(AddProgress("x"), desk(seat(Role.TOWN_LIAISON, TOWN))).facts


def test_the_same_organisation_goes_on_where_it_was() -> None:
    no = HearDecision(TOPIC, TopicDecision.REJECTED, handling_org=decider.after(STREET).lead)
    history = (*STREET, signed, reached, promoted)
    (fact,) = given(decider, *history).when(no, desk(SERVICE)).facts
    assert decider.after((*history, fact)).spoken_to()


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (Deliberated.AGREED, Stage.IMPLEMENTING),
        (Deliberated.NOT_AGREED, Stage.IN_PROGRESS),
        (Deliberated.ADJOURNED, Stage.DELIBERATING),
    ],
)
def test_what_the_council_made_of_it_follows(outcome: Deliberated, stage: Stage) -> None:
    held = HearMeeting(TOPIC, MEETING, outcome)
    (fact,) = given(decider, *DELIBERATING).when(held, desk(SERVICE)).facts
    assert decider.after((*DELIBERATING, fact)).stage is stage


@pytest.mark.parametrize("history", [SIGNED, IN_PROGRESS, IMPLEMENTING, ANSWERED])
def test_a_meeting_that_is_late_or_about_another_topic_changes_nothing(history: History) -> None:
    given(decider, *history).when(MET, desk(SERVICE)).then_nothing()
    other = HearMeeting(OTHER, MEETING, Deliberated.AGREED)
    given(decider, *DELIBERATING).when(other, desk(SERVICE)).then_nothing()


def test_what_was_agreed_is_answered_without_starting_anew() -> None:
    history = (*STREET, signed, reached, promoted, approved, agreed)
    given(decider, *history).when(StartWork(), desk(LIAISON)).then_nothing()
    reply = AnswerIssue(AnswerResult.ON_AGENDA, "会上定了先装一部电梯，十月开工，街道每周看一次。")
    given(decider, *history).when(reply, desk(LIAISON)).then_refused(
        "say-when-it-is-looked-at-again"
    )
    met = AnswerIssue(AnswerResult.SOLVED, reply.reply, meeting_id=MEETING)
    assert given(decider, *history).when(met, desk(LIAISON, held=frozenset({MEETING}))).facts


PROPOSED = docket.Desk(
    TopicProposed(
        org_code=TOWN,
        level=TopicLevel.TOWN,
        source=TopicSource.ISSUE,
        issue_ids=(ISSUE,),
        question=Sealed("topic", "x"),
    )
)
UNHEARD = docket.Desk(None)
YES = SettleTopic(TopicDecision.APPROVED, meet_by=BY)
settled = docket.TopicSettled(issue_ids=(ISSUE,), decision=TopicDecision.APPROVED, meet_by=BY)


def test_a_topic_takes_the_matters_along_that_it_was_proposed_for() -> None:
    laid = TopicLaid(issue_ids=(ISSUE,), decide_by=BY)
    given(docket.decider).when(LayTopic(BY), PROPOSED).then(laid)
    given(docket.decider, laid).when(YES, PROPOSED).then(settled)
    met = TopicMet(issue_ids=(ISSUE,), meeting_id=MEETING, outcome=Deliberated.AGREED)
    meet = MeetAbout(MEETING, Deliberated.AGREED)
    given(docket.decider, laid, settled).when(meet, PROPOSED).then(met)


def test_a_meeting_waits_for_the_decision_on_its_topic() -> None:
    meet = MeetAbout(MEETING, Deliberated.AGREED)
    given(docket.decider).when(meet, UNHEARD).then_refused("topic-comes-later")
    given(docket.decider).when(meet, PROPOSED).then_refused("topic-comes-later")
    no = settled.model_copy(update={"decision": TopicDecision.DEFERRED})
    given(docket.decider, no).when(meet, PROPOSED).then_refused("topic-comes-later")


def test_a_topic_without_matters_takes_none_along() -> None:
    assert PROPOSED.proposed is not None
    none = docket.Desk(PROPOSED.proposed.model_copy(update={"issue_ids": ()}))
    given(docket.decider).when(LayTopic(BY), none).then_nothing()


def test_what_was_agreed_about_one_topic_is_not_told_to_those_who_wait_for_another() -> None:
    agreed = ItemOutcome(no=1, outcome=Outcome.VOTED_PASS, topic_id=TOPIC)
    failed = ItemOutcome(no=2, outcome=Outcome.VOTED_FAIL, topic_id=OTHER)
    both = (agreed, failed)
    assert docket.outcome_of(both, TOPIC) is Deliberated.AGREED
    assert docket.outcome_of(both, OTHER) is Deliberated.NOT_AGREED


def test_a_question_that_names_no_topic_is_about_all_of_them() -> None:
    later = [ItemOutcome(no=1, outcome=Outcome.DEFERRED)]
    assert docket.outcome_of(later, TOPIC) is Deliberated.ADJOURNED
