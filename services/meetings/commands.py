"""What meetings is asked to do: each fetches what the decision may look at, then decides."""

from uuid import UUID

from contracts.intake import IssueSubmitted
from contracts.meetings import TopicProposed
from contracts.routing import IssueRouted
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from kernel.store import load
from registry.calendar import shipped
from registry.ground import ground
from services.meetings.domain import decider, meeting, topic
from services.meetings.domain.preparing import DraftMeeting
from services.meetings.domain.session import RecordInstantMeeting
from services.meetings.domain.topic import TOPIC, ProposeTopic, Stage, Topic

RAISED: Kinds[IssueSubmitted] = Kinds(IssueSubmitted)
SENT: Kinds[IssueRouted] = Kinds(IssueRouted)


async def set_topic_desk(
    db: Database, _topic_id: str, wish: topic.Wish
) -> SetDesk[Topic, topic.Desk]:
    here = await ground(db)
    issues = wish.issue_ids if isinstance(wish, ProposeTopic) else ()
    matters = {one: await answering(db, one) for one in issues}
    return lambda _topic, call: topic.Desk(call, here.tree, shipped(), matters)


async def set_meeting_desk(
    db: Database, _meeting_id: str, wish: decider.Wish
) -> SetDesk[meeting.Meeting, meeting.Desk]:
    here = await ground(db)
    topics = wish.topic_ids if isinstance(wish, DraftMeeting) else ()
    issues = wish.issue_ids if isinstance(wish, RecordInstantMeeting) else ()
    found = {one: await approved(db, one) for one in topics}
    proposals = {one: proposed for one, proposed in found.items() if proposed}
    matters = {one: await answering(db, one) for one in issues}

    def desk(_meeting: meeting.Meeting, call: Call) -> meeting.Desk:
        return meeting.Desk(call, here.tree, shipped(), proposals, matters)

    return desk


async def approved(db: Database, topic_id: UUID) -> TopicProposed | None:
    """From its own stream: a read model may be behind."""
    past = await load(db, TOPIC.facts, TOPIC.id(topic_id))
    topic = TOPIC.decider.after(past.facts)
    return topic.proposed if topic.stage is Stage.APPROVED else None


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
