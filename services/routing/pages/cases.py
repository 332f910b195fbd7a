"""The matters that a seat has at hand, what is due first on top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Row

from contracts.permission import must_be
from contracts.routing import Lane
from contracts.stages import Stage
from kernel.clock import now
from registry.staff import Staff
from services.routing.domain.case import AT_HAND
from services.routing.domain.possible import READERS
from services.routing.pages.due import end_of
from services.routing.pages.look import PAGES, opened
from services.routing.projections import PAGE
from services.routing.projections.cases import at_hand, numbers
from skin.pages import From
from skin.site import Base, console

WAITING, OVER = (Stage.ANSWERED,), (Stage.CLOSED, Stage.NOT_ACCEPTED, Stage.TRANSFERRED)


@dataclass(frozen=True, slots=True)
class Tab:
    """`upto`: of the day, of this moment, or whenever."""

    words: str
    stages: Sequence[Stage]
    upto: str = ""
    urged: bool = False


TABS: Mapping[str, Tab] = {
    "": Tab("全部在办", AT_HAND),
    "today": Tab("今天到期", AT_HAND, "today"),
    "late": Tab("超时", AT_HAND, "now"),
    "urged": Tab("催办过", AT_HAND, urged=True),
    "sign": Tab("待签收", (Stage.ROUTED,)),
    "council": Tab("议题与协商", (Stage.TOPIC_PENDING, Stage.DELIBERATING, Stage.IMPLEMENTING)),
    "answered": Tab("等评价", WAITING),
    "over": Tab("办完的", OVER),
}
STEP = {
    "triage": "分拣",
    "sign": "签收",
    "contact": "首次联系",
    "resolve": "答复",
    "approve": "签发答复",
    "decide": "确定议题",
    "meet": "开会",
    "evaluate": "居民评价",
    "": "",
}


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/console/cases")
    async def cases(
        request: Request,
        by: Annotated[Staff, Depends(base.staff)],
        tab: str = "",
        lane: str = "",
        start: From = 0,
    ) -> Response:
        must_be(by.actor, READERS)
        known = (tab if tab in TABS else "", lane if lane in Lane.__members__ else "")
        shown = await listed(base, by.actor.org, *known, start)
        return PAGES.show(request, "cases.html", 200, **console(by, "cases", **shown))

    return router


async def listed(base: Base, org: str, tab: str, lane: str, start: int) -> dict[str, Any]:
    db, keyring, shown = base.running.db, base.running.keyring, TABS[tab]
    at = await now(db)
    upto = {"today": end_of(at), "now": at}.get(shown.upto)
    found = await at_hand(db, org, shown.stages, upto, shown.urged, lane, start)
    rows = found[:PAGE]
    return {
        "rows": rows,
        "texts": await opened(keyring, [row.title for row in rows if row.title]),
        "tabs": counted(await numbers(db, org, at, end_of(at))),
        "tab": tab,
        "lane": lane,
        "start": start,
        "page": PAGE,
        "more": len(found) > PAGE,
        "now": at,
        "steps": STEP,
    }


def counted(rows: Sequence[Row[Any]]) -> list[tuple[str, str, int]]:
    """(name, words, how many) of each tab."""
    return [(name, tab.words, total(tab, rows)) for name, tab in TABS.items()]


def total(tab: Tab, rows: Sequence[Row[Any]]) -> int:
    mine = [row for row in rows if row.stage in tab.stages]
    match tab:
        case Tab(urged=True):
            return sum(row.urged for row in mine)
        case Tab(upto="today"):
            return sum(row.late + row.today for row in mine)
        case Tab(upto="now"):
            return sum(row.late for row in mine)
        case _:
            return sum(row.n for row in mine)
