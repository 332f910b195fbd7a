"""Which step is next, as the facts of a matter and its topic are heard in whatever order."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.intake import IssueSubmitted
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.meetings import MeetingDrafted, TopicApproved, TopicProposed
from contracts.routing import (
    Deliberated,
    IssueAccepted,
    IssueAnswered,
    IssueContacted,
    IssueDeliberated,
    IssuePromotedToTopic,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
    TopicDecision,
)
from kernel.envelope import About
from kernel.event import Event, read_fact
from services.notify.projections.tasks import Step, Task, tasks

F = TypeVar("F", bound=Event)
SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
VILLAGE = "620105001001"


def sample(kind: type[F], **other: object) -> F:
    fact = read_fact(kind, 1, (SAMPLES / f"{kind.__name__}.v1.json").read_bytes())
    return fact.model_copy(update=other)


def after(*facts: Event) -> Task:
    row = tasks.blank("1")
    for n, fact in enumerate(facts, 1):
        about = About(n, "", "case-1", n, "1", UUID(int=n), NOW, b"")
        changes: Any = tasks.folds[type(fact).__name__][0](row, fact, about)
        row = replace(row, **changes)
    return row


RAISED = (sample(IssueSubmitted), sample(IssueAccepted))
SIGNED = (*RAISED, sample(IssueRouted), sample(IssueSigned))
REACHED = sample(IssueContacted, reached=True)
WAITS = sample(IssuePromotedToTopic)


def test_a_draft_waits_for_the_head_until_there_is_a_word() -> None:
    started = sample(IssueWorkStarted)
    drafted = (*SIGNED, REACHED, started, sample(AnswerDrafted))
    assert after(*drafted).step == Step.APPROVE
    assert after(*drafted, started).step == Step.APPROVE  # begun anew in a new round
    assert after(*drafted, sample(AnswerSentBack)).step == Step.ANSWER
    assert after(*drafted, sample(IssueAnswered)).step == Step.NONE


@pytest.mark.parametrize("kind", [IssueDeclined, IssueTransferred])
def test_nobody_is_asked_for_what_is_dealt_with_elsewhere(kind: type[Event]) -> None:
    assert after(*RAISED).step == Step.ROUTE
    left = after(*RAISED, sample(kind))
    assert (left.step, left.due) == (Step.NONE, None)


def test_what_a_council_deliberated_is_answered_once_the_resident_was_reached() -> None:
    met = sample(IssueDeliberated, outcome=Deliberated.AGREED)
    assert after(*SIGNED, REACHED, WAITS).step == Step.NONE
    ready = after(*SIGNED, REACHED, WAITS, met)
    assert (ready.step, ready.due) == (Step.ANSWER, ready.resolve_by)
    unheard = after(*SIGNED, WAITS, met)
    assert (unheard.step, unheard.due) == (Step.CONTACT, unheard.contact_by)
    again = sample(IssueDeliberated, outcome=Deliberated.ADJOURNED)
    assert after(*SIGNED, REACHED, WAITS, again).step == Step.NONE


def test_whom_the_committee_names_is_asked_to_speak_to_the_resident_anew() -> None:
    no = sample(
        IssueTopicDecided,
        decision=TopicDecision.REJECTED,
        handling_org=VILLAGE,
        contact_by=NOW,
    )
    row = after(*SIGNED, REACHED, WAITS, no)
    assert (row.org, row.step, row.due, row.spoken) == (VILLAGE, Step.CONTACT, NOW, False)
    same = no.model_copy(update={"handling_org": after(*SIGNED).org, "contact_by": None})
    assert after(*SIGNED, REACHED, WAITS, same).step == Step.ANSWER
    wait = no.model_copy(update={"decision": TopicDecision.DEFERRED})
    assert after(*SIGNED, REACHED, WAITS, wait).step == Step.NONE


def test_a_meeting_may_be_heard_of_before_its_topic() -> None:
    proposed, approved, drafted = (
        sample(kind) for kind in (TopicProposed, TopicApproved, MeetingDrafted)
    )
    late, early = after(proposed, approved, drafted), after(drafted, proposed, approved)
    assert (late.step, late.called) == (early.step, early.called) == (Step.MEET, True)
    assert late.due == early.due
