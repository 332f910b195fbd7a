"""Whom notify tells of what it heard: the rows of domain.md 9."""

from collections.abc import Iterable
from uuid import UUID, uuid5

from contracts.intake import IssueEvaluated, IssueSubmitted, ReporterErased
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.meetings import MeetingNoticed, TopicSubmitted
from contracts.notify import Template
from contracts.permission import HEADS, Role
from contracts.routing import (
    EscalationLevel,
    EscalationRaised,
    IssueAnswered,
    IssueClosed,
    IssueReopened,
    IssueRouted,
    Urgency,
)
from kernel.envelope import About
from kernel.event import Event
from kernel.read.reaction import Ask, Reactions
from services.notify.commands import ANNOUNCEMENTS, NOTICES, REMINDERS
from services.notify.domain.announcement import Announce, Announced, Circle, Post
from services.notify.domain.notice import QueueNotice
from services.notify.domain.reminder import AwaitWord, StopWaiting, WordDue

LIAISONS = (Role.COMMUNITY_LIAISON, Role.TOWN_LIAISON, Role.GRID_WORKER)
HEAD = tuple(sorted(HEADS))
reactions = Reactions()


def announcing(about: About, wish: Announce) -> Ask:
    """One of each template for each fact: met again, it asks the same stream again."""
    return Ask(ANNOUNCEMENTS, str(uuid5(about.id, wish.template)), wish)


@reactions.to(IssueSubmitted)
def say_it_came_in(_fact: IssueSubmitted, about: About) -> Iterable[Ask]:
    wish = Announce(Template.RECEIVED, Circle.REPORTER, issue_id=UUID(about.key))
    return [announcing(about, wish)]


@reactions.to(IssueRouted)
def say_who_deals_with_it(fact: IssueRouted, about: About) -> Iterable[Ask]:
    """The resident is told once; that it went to another desk is not worth a message."""
    if fact.leg == 1:
        wish = Announce(
            Template.ACCEPTED,
            Circle.REPORTER,
            issue_id=UUID(about.key),
            org_code=fact.to_org,
            at=fact.resolve_by,
        )
        yield announcing(about, wish)


@reactions.to(IssueRouted)
def tell_who_shall_sign(fact: IssueRouted, about: About) -> Iterable[Ask]:
    urgent = fact.assessment.urgency is Urgency.EMERGENCY
    posts = [Post(fact.to_org, (*LIAISONS, *HEAD) if urgent else LIAISONS)]
    if fact.grid_code:
        posts.append(Post(fact.grid_code, (Role.GRID_WORKER,)))
    wish = Announce(
        Template.URGENT if urgent else Template.NEW_CASE,
        Circle.POSTS,
        issue_id=UUID(about.key),
        posts=tuple(posts),
        org_code=fact.to_org,
        at=fact.contact_by if urgent else fact.sign_by,
        urgent=urgent,
    )
    return [announcing(about, wish)]


@reactions.to(EscalationRaised)
def urge_who_is_late(fact: EscalationRaised, about: About) -> Iterable[Ask]:
    if fact.level is EscalationLevel.E1:
        wish = Announce(
            Template.URGED,
            Circle.POSTS,
            issue_id=UUID(about.key),
            posts=(Post(fact.org, (*LIAISONS, *HEAD)),),
            org_code=fact.org,
            at=fact.due,
            step=fact.clock,
        )
        yield announcing(about, wish)


@reactions.to(IssueAnswered)
def ask_whether_it_is_solved(_fact: IssueAnswered, about: About) -> Iterable[Ask]:
    wish = Announce(Template.ANSWERED, Circle.REPORTER, issue_id=UUID(about.key))
    return [announcing(about, wish)]


@reactions.to(IssueAnswered, IssueEvaluated, IssueReopened, IssueClosed, ReporterErased)
def remind_until_there_is_a_word(fact: Event, about: About) -> Iterable[Ask]:
    """One reaction for all of them: their order is what counts."""
    if isinstance(fact, IssueAnswered):
        return [Ask(REMINDERS, about.key, AwaitWord(fact.round, about.at))]
    return [Ask(REMINDERS, about.key, StopWaiting())]


@reactions.to(WordDue)
def ask_once_more(_fact: WordDue, about: About) -> Iterable[Ask]:
    wish = Announce(Template.ANSWERED, Circle.REPORTER, issue_id=UUID(about.key))
    return [announcing(about, wish)]


@reactions.to(IssueReopened)
def say_it_is_done_again(fact: IssueReopened, about: About) -> Iterable[Ask]:
    wish = Announce(Template.REWORK, Circle.REPORTER, issue_id=UUID(about.key), at=fact.contact_by)
    return [announcing(about, wish)]


@reactions.to(IssueDeclined, IssueTransferred)
def say_that_it_is_not_for_here(_fact: Event, about: About) -> Iterable[Ask]:
    """Why, and where to go instead, they read with their code."""
    wish = Announce(Template.NOT_HERE, Circle.REPORTER, issue_id=UUID(about.key))
    return [announcing(about, wish)]


@reactions.to(TopicSubmitted)
def lay_it_before_the_committee(fact: TopicSubmitted, about: About) -> Iterable[Ask]:
    """IssuePromotedToTopic says the same of the same topic a moment later: nobody is told twice."""
    wish = Announce(
        Template.TOPIC_WAITS, Circle.DECIDERS, topic_id=UUID(about.key), at=fact.decide_by
    )
    return [announcing(about, wish)]


@reactions.to(MeetingNoticed)
def invite_the_members(fact: MeetingNoticed, about: About) -> Iterable[Ask]:
    wish = Announce(Template.INVITED, Circle.INVITED, meeting_id=UUID(about.key), at=fact.starts_at)
    return [announcing(about, wish)]


@reactions.to(Announced)
def tell_each(fact: Announced, about: About) -> Iterable[Ask]:
    """Event, recipient and template name the notice (domain.md 9): nobody is told twice."""
    for recipient in fact.recipients:
        to = recipient.reporter_ref or recipient.seat_id
        key = uuid5(UUID(about.key), str(to))
        yield Ask(NOTICES, str(key), QueueNotice(recipient, fact.gist, fact.urgent))
