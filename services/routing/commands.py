"""What routing is asked to do: each fetches what the decision may look at, then decides."""

from uuid import UUID

from contracts.calendar import ZONE
from contracts.meetings import MeetingHeld
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from registry.calendar import shipped
from registry.ground import ground
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.case import Case, Desk
from services.routing.domain.decider import CASE, Wish
from services.routing.domain.policy import Policy

POLICY = "lz-default-1"
MEETING_FACTS: Kinds[MeetingHeld] = Kinds(MeetingHeld)


async def set_desk(db: Database, issue_id: str, wish: Wish) -> SetDesk[Case, Desk]:
    here = await ground(db)
    held = await met_about(db, issue_id, wish)
    policy = Policy(POLICY, shipped())

    def desk(_case: Case, call: Call) -> Desk:
        active = here.active(call.now.astimezone(ZONE).date())
        return Desk(call, policy, here.tree, active, held)

    return desk


async def met_about(db: Database, issue_id: str, wish: Wish) -> frozenset[UUID]:
    """The meeting that an answer names, if it was held and about this very matter."""
    if not isinstance(wish, AnswerIssue) or wish.meeting_id is None:
        return frozenset()
    stream = f"meeting-{wish.meeting_id}"
    facts = await heard(db, MEETING_FACTS, "meetings", stream)
    about = any(issue_id in map(str, fact.issue_ids) for fact in facts)
    return frozenset({wish.meeting_id}) if about else frozenset()


CASES = Handler(CASE, set_desk)
