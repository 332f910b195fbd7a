"""What meetings is asked to do: each fetches what the decision may look at, then decides."""

from collections.abc import Sequence
from uuid import UUID

from contracts.intake import IssueSubmitted
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.meetings import TopicProposed
from contracts.routing import IssueRouted, IssueSigned, Lane
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from kernel.store import load
from registry.calendar import shipped
from registry.ground import ground
from registry.seats import roles_of
from services.meetings.domain import decider, meeting, topic
from services.meetings.domain.preparing import DraftMeeting, InviteParticipant
from services.meetings.domain.session import RecordInstantMeeting
from services.meetings.domain.topic import TOPIC, ProposeTopic, Stage, SubmitTopic, Topic

RAISED: Kinds[IssueSubmitted] = Kinds(IssueSubmitted)
SENT: Kinds[IssueRouted] = Kinds(IssueRouted)
Taken = IssueRouted | IssueSigned | IssueDeclined | IssueTransferred
TAKEN: Kinds[Taken] = Kinds(Taken)


async def set_topic_desk(
    db: Database, topic_id: str, wish: topic.Wish
) -> SetDesk[Topic, topic.Desk]:
    here = await ground(db)
    issues = wish.issue_ids if isinstance(wish, ProposeTopic) else ()
    matters = {one: await answering(db, one) for one in issues}
    untaken = await waiting(db, topic_id) if isinstance(wish, SubmitTopic) else 0
    return lambda _topic, call: topic.Desk(call, here.tree, shipped(), matters, untaken)


async def waiting(db: Database, topic_id: str) -> int:
    """How many of its matters nobody has taken on yet."""
    proposed = (await topic_of(db, topic_id)).proposed
    return sum([not await is_taken_on(db, one) for one in proposed.issue_ids]) if proposed else 0


async def is_taken_on(db: Database, issue_id: UUID) -> bool:
    """Sent to the street, or signed by whom it was sent to: then a topic can take it along. One
    that was declined or handed on it leaves where it is."""
    told = await heard(db, TAKEN, "routing", f"case-{issue_id}")
    match told[-1] if told else None:
        case None:
            return False
        case IssueRouted() as leg:
            return leg.lane is Lane.STREET
        case _:
            return True


async def set_meeting_desk(
    db: Database, _meeting_id: str, wish: decider.Wish
) -> SetDesk[meeting.Meeting, meeting.Desk]:
    here = await ground(db)
    topics = wish.topic_ids if isinstance(wish, DraftMeeting) else ()
    issues = wish.issue_ids if isinstance(wish, RecordInstantMeeting) else ()
    found = {one: await approved(db, one) for one in topics}
    proposals = {one: proposed for one, proposed in found.items() if proposed}
    matters = {one: await answering(db, one) for one in issues}
    seats = await roles_of(db, named(wish))

    def desk(_meeting: meeting.Meeting, call: Call) -> meeting.Desk:
        return meeting.Desk(call, here.tree, shipped(), proposals, matters, seats)

    return desk


def named(wish: decider.Wish) -> Sequence[UUID]:
    """The seats that a wish speaks of."""
    match wish:
        case DraftMeeting():
            return (wish.convenor_seat, wish.chair_seat, wish.recorder_seat)
        case InviteParticipant() if wish.member_seat:
            return (wish.member_seat,)
        case _:
            return ()


async def approved(db: Database, topic_id: UUID) -> TopicProposed | None:
    """From its own stream: a read model may be behind."""
    topic = await topic_of(db, topic_id)
    return topic.proposed if topic.stage is Stage.APPROVED else None


async def topic_of(db: Database, topic_id: object) -> Topic:
    return TOPIC.decider.after((await load(db, TOPIC.facts, TOPIC.id(topic_id))).facts)


async def answering(db: Database, issue_id: UUID) -> frozenset[str]:
    """The organisations that a matter was told to or works with; none: nobody told of it here."""
    raised = await heard(db, RAISED, "intake", f"issue-{issue_id}")
    routed = await heard(db, SENT, "routing", f"case-{issue_id}")
    told = {fact.target.org_code for fact in raised}
    grids = {fact.grid_code for fact in routed if fact.grid_code}
    return frozenset(
        told | grids | {org for fact in routed for org in (fact.lead_org, *fact.co_orgs)}
    )


TOPICS = Handler(TOPIC, set_topic_desk)
MEETINGS = Handler(decider.MEETING, set_meeting_desk)
