"""What meetings is asked to do: each fetches what the decision may look at, then decides."""

from uuid import UUID

from kernel.database import Database
from kernel.decider import Call
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.store import load
from registry.calendar import shipped
from registry.ground import ground
from services.meetings.domain import decider, meeting, topic
from services.meetings.domain.preparing import DraftMeeting
from services.meetings.domain.topic import TOPIC, Stage, Topic


async def set_topic_desk(
    db: Database, _topic_id: str, _wish: topic.Wish
) -> SetDesk[Topic, topic.Desk]:
    here = await ground(db)
    return lambda _topic, call: topic.Desk(call, here.tree, shipped())


async def set_meeting_desk(
    db: Database, _meeting_id: str, wish: decider.Wish
) -> SetDesk[meeting.Meeting, meeting.Desk]:
    here = await ground(db)
    asked = wish.topic_ids if isinstance(wish, DraftMeeting) else ()
    approved = frozenset([one for one in asked if await is_approved(db, one)])

    def desk(_meeting: meeting.Meeting, call: Call) -> meeting.Desk:
        return meeting.Desk(call, here.tree, shipped(), approved)

    return desk


async def is_approved(db: Database, topic_id: UUID) -> bool:
    """From its own stream: a read model may be behind."""
    past = await load(db, TOPIC.facts, TOPIC.id(topic_id))
    return TOPIC.decider.after(past.facts).stage is Stage.APPROVED


TOPICS = Handler(TOPIC, set_topic_desk)
MEETINGS = Handler(decider.MEETING, set_meeting_desk)
