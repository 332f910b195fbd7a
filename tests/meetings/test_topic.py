"""A topic is the committee's to decide, and nobody else's."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from contracts.calendar import Calendar
from contracts.meetings import (
    TopicApproved,
    TopicDeferred,
    TopicLevel,
    TopicProposed,
    TopicRejected,
    TopicSource,
    TopicSubmitted,
)
from contracts.permission import Role, Tree
from kernel.decider import Actor, Call
from kernel.seal.sealed import Sealed
from services.meetings.domain.topic import (
    ApproveTopic,
    Decision,
    DeferTopic,
    Desk,
    ProposeTopic,
    RejectTopic,
    SubmitTopic,
    decider,
)
from tests.given import given

TOWN, VILLAGE, OTHER = "620105001", "620105001001", "620105002"
TREE = Tree({VILLAGE: TOWN, TOWN: "620105", OTHER: "620105"})
CALENDAR = Calendar.of("2026", [(date(2026, 1, 1), True)])
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
TODAY, LATER = date(2026, 11, 25), date(2026, 12, 1)


def desk(role: Role, org: str = TOWN) -> Desk:
    return Desk(Call(Actor(uuid4(), role, org, uuid4()), NOW), TREE, CALENDAR)


COMMITTEE, STATION = desk(Role.TOWN_COMMITTEE), desk(Role.STATION_STAFF)
PROPOSE = ProposeTopic(TOWN, TopicLevel.TOWN, TopicSource.ISSUE, "电梯怎么加装")
SUBMIT = SubmitTopic("350户", ("物业",), ("加装", "不加装"))
proposed = TopicProposed(
    org_code=TOWN,
    level=TopicLevel.TOWN,
    source=TopicSource.ISSUE,
    issue_ids=(),
    question=Sealed("topic", "电梯怎么加装"),
)
submitted = TopicSubmitted(
    background=Sealed("topic", "350户"),
    parties=(Sealed("topic", "物业"),),
    options=(Sealed("topic", "加装"), Sealed("topic", "不加装")),
    decide_by=CALENDAR.plus_days(NOW, 10),
)
deferred = TopicDeferred(
    decided_on=TODAY, record_no="党工委纪要〔2026〕12号", why=Sealed("topic", "缺预算"), until=LATER
)
approved = TopicApproved(decided_on=TODAY, record_no="13号", meet_by=CALENDAR.plus_days(NOW, 15))
rejected = TopicRejected(
    decided_on=TODAY, record_no="14号", why=Sealed("topic", "属物业职责"), handling_org=VILLAGE
)
APPROVE = ApproveTopic(TODAY, "13号")
REJECT = RejectTopic(TODAY, "14号", "属物业职责", VILLAGE)
DEFER = DeferTopic(TODAY, "党工委纪要〔2026〕12号", "缺预算", LATER)


def test_it_is_proposed_and_submitted() -> None:
    given(decider).when(PROPOSE, STATION).then(proposed)
    given(decider, proposed).when(PROPOSE, STATION).then_nothing()
    given(decider, proposed).when(SUBMIT, STATION).then(submitted)
    given(decider).when(SUBMIT, STATION).then_refused("no-such-topic")


def test_only_those_of_the_place_propose_it() -> None:
    given(decider).when(PROPOSE, desk(Role.STATION_STAFF, OTHER)).then_refused("not-in-your-seat")
    given(decider).when(PROPOSE, COMMITTEE).then_refused("not-in-your-seat")
    given(decider, proposed).when(SUBMIT, COMMITTEE).then_refused("not-in-your-seat")


@pytest.mark.parametrize("record_no", ["党工委〔2026〕13号", "20260924-3", "2026112501号"])
def test_a_record_has_a_number(record_no: str) -> None:
    approve = replace(APPROVE, record_no=record_no)
    assert given(decider, proposed, submitted).when(approve, COMMITTEE).facts


@pytest.mark.parametrize("record_no", ["李工138-9312-3456", "0931-7654321"])
def test_a_record_number_is_no_place_for_somebodys_number(record_no: str) -> None:
    approve = replace(APPROVE, record_no=record_no)
    given(decider, proposed, submitted).when(approve, COMMITTEE).then_refused(
        "record-no-names-somebody"
    )


def test_nothing_is_laid_before_the_committee_that_nobody_has_taken_on() -> None:
    about = proposed.model_copy(update={"issue_ids": (uuid4(),)})
    given(decider, about).when(SUBMIT, STATION).then_refused("matters-not-taken-on")


def test_a_matter_of_elsewhere_becomes_no_topic() -> None:
    issue, elsewhere = UUID(int=1), UUID(int=2)
    about = replace(STATION, matters={issue: frozenset({VILLAGE}), elsewhere: frozenset({OTHER})})
    own = replace(PROPOSE, issue_ids=(issue,))
    given(decider).when(own, about).then(proposed.model_copy(update={"issue_ids": (issue,)}))
    for issues in ((elsewhere,), (issue, elsewhere), (UUID(int=3),)):
        given(decider).when(replace(PROPOSE, issue_ids=issues), about).then_refused("no-such-issue")


def test_who_stands_elsewhere_is_given_nothing_to_deal_with() -> None:
    before = (proposed, submitted)
    for org in (OTHER, "620105", "nowhere"):
        elsewhere = RejectTopic(TODAY, "14号", "属物业职责", org)
        given(decider, *before).when(elsewhere, COMMITTEE).then_refused("not-below-the-committee")


def test_the_committee_approves_rejects_or_defers() -> None:
    before = (proposed, submitted)
    given(decider, *before).when(APPROVE, COMMITTEE).then(approved)
    given(decider, *before).when(REJECT, COMMITTEE).then(rejected)
    given(decider, *before).when(DEFER, COMMITTEE).then(deferred)


def test_what_was_deferred_is_decided_later_with_or_without_a_new_package() -> None:
    before = (proposed, submitted, deferred)
    given(decider, *before).when(APPROVE, COMMITTEE).then(approved)
    given(decider, *before).when(SUBMIT, STATION).then(submitted)


@pytest.mark.parametrize("wish", [APPROVE, REJECT, DEFER], ids=lambda wish: type(wish).__name__)
def test_nobody_else_decides(wish: Decision) -> None:
    before = (proposed, submitted)
    for other in (STATION, desk(Role.COMMUNITY_SECRETARY), desk(Role.TOWN_COMMITTEE, OTHER)):
        given(decider, *before).when(wish, other).then_refused("not-in-your-seat")
    given(decider, proposed).when(wish, COMMITTEE).then_refused("not-now")
    given(decider, *before, approved).when(wish, COMMITTEE).then_refused("not-now")


def test_a_village_topic_is_its_party_organisations() -> None:
    own = proposed.model_copy(update={"level": TopicLevel.VILLAGE, "org_code": VILLAGE})
    before = (own, submitted)
    soon = approved.model_copy(update={"meet_by": CALENDAR.plus_days(NOW, 7)})
    given(decider, *before).when(APPROVE, desk(Role.COMMUNITY_SECRETARY, VILLAGE)).then(soon)
    liaison = desk(Role.COMMUNITY_LIAISON, VILLAGE)
    (fact,) = given(decider, own).when(SUBMIT, liaison).facts
    assert fact == submitted.model_copy(update={"decide_by": CALENDAR.plus_days(NOW, 3)})
    given(decider, *before).when(APPROVE, COMMITTEE).then_refused("not-in-your-seat")


def test_dates_make_sense() -> None:
    before = (proposed, submitted)
    early = ApproveTopic(LATER, "13号")
    given(decider, *before).when(early, COMMITTEE).then_refused("decided-in-the-future")
    never = DeferTopic(TODAY, "13号", "缺预算", TODAY)
    given(decider, *before).when(never, COMMITTEE).then_refused("defer-to-a-later-day")
