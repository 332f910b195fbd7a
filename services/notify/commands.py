"""What notify is asked to do: each fetches what the decision may look at, then decides."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from contracts.intake import IssueSubmitted, ReporterErased
from contracts.meetings import MeetingDrafted, ParticipantInvited, TopicLevel, TopicProposed
from contracts.notify import Recipient
from contracts.permission import Role
from contracts.routing import IssueRouted
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handle import Command, Done, Store
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from registry.seats import of_role
from services.notify.domain.announcement import ANNOUNCEMENT, Announce, Circle, Desk
from services.notify.domain.notice import NOTICE, ReadNotice
from services.notify.domain.reminder import REMINDER

ERASED: Kinds[ReporterErased] = Kinds(ReporterErased)
SUBMITTED: Kinds[IssueSubmitted] = Kinds(IssueSubmitted)
ROUTED: Kinds[IssueRouted] = Kinds(IssueRouted)
PROPOSED: Kinds[TopicProposed] = Kinds(TopicProposed)
CALLED: Kinds[MeetingDrafted | ParticipantInvited] = Kinds(MeetingDrafted | ParticipantInvited)
DECIDERS = {
    TopicLevel.TOWN: (Role.TOWN_COMMITTEE,),
    TopicLevel.VILLAGE: (Role.COMMUNITY_SECRETARY,),
}


async def set_desk(db: Database, _key: str, wish: Announce) -> SetDesk[bool, Desk]:
    """From streams as they were heard here; seats alone come from a read model."""
    match wish.circle:
        case Circle.REPORTER:
            found = await of_reporter(db, wish)
        case Circle.POSTS:
            found = await of_posts(db, wish)
        case Circle.INVITED:
            found = await of_invited(db, wish)
        case Circle.DECIDERS:
            found = await of_deciders(db, wish)
    return lambda _done, call: Desk(call, **found)


Found = dict[str, Any]


async def of_reporter(db: Database, wish: Announce) -> Found:
    raised = await submitted(db, wish.issue_id)
    if raised is None:
        return {"heard": False}
    gone = await heard(db, ERASED, "intake", f"issue-{wish.issue_id}")
    ref = None if gone else raised.reporter_ref  # none either where a patrol found it
    to = (Recipient(reporter_ref=ref),) if ref else ()
    legs = await heard(db, ROUTED, "routing", f"case-{wish.issue_id}")
    leads = legs[-1].to_org if legs else None
    return {"code": raised.public_code, "org_code": leads, "recipients": to}


async def of_posts(db: Database, wish: Announce) -> Found:
    raised = await submitted(db, wish.issue_id)
    if raised is None:
        return {"heard": False}
    rows = [row for post in wish.posts for row in await of_role(db, post.org, post.roles)]
    return {"code": raised.public_code, "recipients": seats(row.seat_id for row in rows)}


async def of_invited(db: Database, wish: Announce) -> Found:
    """Members alone have a seat here; others are told by who invited them."""
    told = await heard(db, CALLED, "meetings", f"meeting-{wish.meeting_id}")
    drafted = next((fact for fact in told if isinstance(fact, MeetingDrafted)), None)
    invited = (fact.member_seat for fact in told if isinstance(fact, ParticipantInvited))
    to = seats(seat for seat in invited if seat)
    return {"heard": bool(drafted), "org_code": drafted and drafted.org_code, "recipients": to}


async def of_deciders(db: Database, wish: Announce) -> Found:
    told = await heard(db, PROPOSED, "meetings", f"topic-{wish.topic_id}")
    if not told:
        return {"heard": False}
    org = told[-1].org_code
    rows = await of_role(db, org, DECIDERS[told[-1].level])
    return {"org_code": org, "recipients": seats(row.seat_id for row in rows)}


async def submitted(db: Database, issue_id: UUID | None) -> IssueSubmitted | None:
    facts = await heard(db, SUBMITTED, "intake", f"issue-{issue_id}")
    return facts[0] if facts else None


def seats(ids: Any) -> tuple[Recipient, ...]:
    """Each once, in an order that does not depend on how they were found."""
    return tuple(Recipient(seat_id=seat) for seat in sorted({UUID(str(one)) for one in ids}))


async def plain(_db: Database, _key: str, _wish: object) -> SetDesk[Any, Call]:
    """These rules look at who asks and when, and at nothing else."""
    return lambda _state, call: call


ANNOUNCEMENTS = Handler(ANNOUNCEMENT, set_desk)
NOTICES = Handler(NOTICE, plain)
REMINDERS = Handler(REMINDER, plain)


async def read_all(store: Store, notices: Sequence[str], command: Command) -> list[Done]:
    """One command for each, named by the one that the person sent: a double tap is once."""
    each = [(one, replace(command, id=uuid5(command.id, one))) for one in notices]
    return await asyncio.gather(
        *(NOTICES.carry_out(store, one, ReadNotice(), its) for one, its in each)
    )
