"""Which topics wait for whom, which are decided, and when do we meet?"""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from contracts.meetings import TopicLevel
from kernel.clock import now
from registry.ground import today
from services.meetings.domain.topic import DECIDERS, PROPOSERS, Stage
from services.meetings.pages.look import Visit, due, visits
from services.meetings.projections import meetings as held
from services.meetings.projections import topics
from skin.site import Base

TABS = {
    "waiting": ("待定", (Stage.SUBMITTED, topics.AGAIN, Stage.PROPOSED)),
    "approved": ("已批准", (Stage.APPROVED,)),
    "deferred": ("缓议", (Stage.DEFERRED, topics.AGAIN)),
    "rejected": ("未批准", (Stage.REJECTED,)),
}
MEETINGS = "meetings"
WAITING = (Stage.SUBMITTED, topics.AGAIN)
"""For who decides: what lacks its papers waits for others."""


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)

    @router.get("/console/topics")
    async def listed(at: Annotated[Visit, Depends(visit)], tab: str = "waiting") -> Response:
        return await show_meetings(at) if tab == MEETINGS else await show_topics(at, tab)

    return router


def levels(at: Visit) -> Collection[TopicLevel]:
    """Who decides sees what is theirs to decide; who prepares sees all."""
    mine = [level for level, roles in DECIDERS.items() if at.actor.role in roles]
    return mine or topics.LEVELS


def stages(at: Visit, tab: str) -> Collection[str]:
    decides = any(at.actor.role in roles for roles in DECIDERS.values())
    return WAITING if decides and tab == "waiting" else TABS[tab][1]


async def show_topics(at: Visit, tab: str) -> Response:
    tab = tab if tab in TABS else "waiting"
    day = await today(at.db)
    rows = await topics.of_stages(at.db, at.actor.org, day, stages(at, tab), levels(at))
    say = await at.read([], *(row.question for row in rows))
    here = await now(at.db)
    listed = [
        {"row": row, "title": say(row.question), "due": due(when(row), here), "when": when(row)}
        for row in rows
    ]
    return await show(at, tab, listed=listed)


def when(row: Any) -> Any:
    return row.meet_by if row.stage == Stage.APPROVED else row.decide_by


async def show_meetings(at: Visit) -> Response:
    rows = await held.listed(at.db, at.actor.org)
    say = await at.read([], *(row.venue for row in rows))
    return await show(at, MEETINGS, meetings=[(row, say(row.venue)) for row in rows])


async def show(at: Visit, tab: str, **values: object) -> Response:
    counts = await topics.counts(at.db, at.actor.org, await today(at.db), levels(at))
    tabs = [
        (key, words, sum(counts.get(stage, 0) for stage in stages(at, key)))
        for key, (words, _) in TABS.items()
    ]
    tabs.append((MEETINGS, "会议", await held.count(at.db, at.actor.org)))
    may_propose = at.actor.role in PROPOSERS
    return at.show("topics.html", None, tab=tab, tabs=tabs, may_propose=may_propose, **values)
