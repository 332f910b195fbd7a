"""What meetings is asked to do: each fetches what the decision may look at, then decides."""

from collections.abc import Sequence
from uuid import UUID

from contracts.intake import IssueSubmitted
from contracts.meetings import TopicProposed
from contracts.routing import IssueRouted
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard_of
from kernel.store import load
from registry.calendar import shipped
from registry.ground import ground
from registry.seats import roles_of
from services.meetings.domain import decider, meeting, topic
from services.meetings.domain.preparing import DraftMeeting, InviteParticipant
from services.meetings.domain.session import RecordInstantMeeting
from services.meetings.domain.sight import Handling, Handlings, Matters
from services.meetings.domain.topic import TOPIC, ProposeTopic, Stage, SubmitTopic, Topic

RAISED: Kinds[IssueSubmitted] = Kinds(IssueSubmitted)
SENT: Kinds[IssueRouted] = Kinds(IssueRouted)
HANDLINGS: Kinds[Handling] = Kinds(Handling)


async def set_topic_desk(
    db: Database, topic_id: str, wish: topic.Wish
) -> SetDesk[Topic, topic.Desk]:
    here = await ground(db)
    matters = await answering(db, wish.issue_ids) if isinstance(wish, ProposeTopic) else {}
    handlings = await handlings_of(db, topic_id) if isinstance(wish, SubmitTopic) else {}
    return lambda _topic, call: topic.Desk(call, here.tree, shipped(), matters, handlings)


async def handlings_of(db: Database, topic_id: str) -> Handlings:
    """Of each matter of the topic."""
    proposed = (await topic_of(db, topic_id)).proposed
    streams = {f"case-{one}": one for one in (proposed.issue_ids if proposed else ())}
    told = await heard_of(db, HANDLINGS, "routing", [*streams])
    return {one: told[stream][-1] for stream, one in streams.items() if told[stream]}


async def set_meeting_desk(
    db: Database, _meeting_id: str, wish: decider.Wish
) -> SetDesk[meeting.Meeting, meeting.Desk]:
    here = await ground(db)
    topics = wish.topic_ids if isinstance(wish, DraftMeeting) else ()
    issues = wish.issue_ids if isinstance(wish, RecordInstantMeeting) else ()
    found = {one: await approved(db, one) for one in topics}
    proposals = {one: proposed for one, proposed in found.items() if proposed}
    matters = await answering(db, issues)
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


async def answering(db: Database, issues: Sequence[UUID]) -> Matters:
    """Of each the organisations that it was told to or that work with it; none: nobody told of it
    here."""
    raised = await heard_of(db, RAISED, "intake", [f"issue-{one}" for one in issues])
    routed = await heard_of(db, SENT, "routing", [f"case-{one}" for one in issues])
    return {one: orgs_of(raised[f"issue-{one}"], routed[f"case-{one}"]) for one in issues}


def orgs_of(raised: Sequence[IssueSubmitted], routed: Sequence[IssueRouted]) -> frozenset[str]:
    told = {fact.target.org_code for fact in raised}
    grids = {fact.grid_code for fact in routed if fact.grid_code}
    return frozenset(
        told | grids | {org for fact in routed for org in (fact.lead_org, *fact.co_orgs)}
    )


TOPICS = Handler(TOPIC, set_topic_desk)
MEETINGS = Handler(decider.MEETING, set_meeting_desk)
