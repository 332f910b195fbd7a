"""Did it arrive, and by when do I hear what?"""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from registry.calendar import names, shipped
from services.intake.commands.links import link_key
from services.intake.domain.promises import Promise, promises
from services.intake.pages.door import PAGES, places, visit
from skin.site import Base
from skin.words import day

SAID = (
    "最晚这天 18:00，告诉您是否受理、由谁来办",
    "最晚这天，有人打电话或上门找您",
    "预计这天前给您答复",
)


def add(router: APIRouter, base: Base) -> None:
    @router.get("/i/{code}/receipt")
    async def receipt(request: Request, code: str) -> Response:
        here, seen = await places(base.running), await visit(base.running, request, code)
        if not seen.opened:
            return RedirectResponse(seen.path, 303)
        matter = seen.matter
        assert matter.submitted_at is not None  # noqa: S101  it has a code
        made = promises(shipped(), matter.submitted_at)
        key = link_key(base.running.ready().secret, matter.issue_id)
        shown: dict[str, Any] = {
            "matter": matter,
            "org": here.name(matter.org),
            "town": here.name(here.above(matter.org, "TOWN")),
            "promises": [(p.by, said, explained(p)) for p, said in zip(made, SAID, strict=True)],
            "provisional": any(shipped().provisional(p.by) for p in made),
            "link": f"{base.neighbours.settings.public_url}{seen.path}?k={key}",
        }
        return PAGES.show(request, "receipt.html", **shown)


def explained(promise: Promise) -> str:
    """Why it takes longer than the days of the week let expect."""
    off = [f"{name}放假（{span(days)}）不算工作日" for name, days in spells(promise.off)]
    on = [f"{day(one, 'zh-CN')}补班，算工作日" for one in promise.on]
    return "；".join(off + on)


def spells(days: Sequence[date]) -> list[tuple[str, list[date]]]:
    called = names()
    return [(name, list(of)) for name, of in groupby(days, lambda one: called.get(one, ""))]


def span(days: Sequence[date]) -> str:
    first, last = days[0], days[-1]
    if first == last:
        return f"{first.month}月{first.day}日"
    end = f"{last.day}日" if last.month == first.month else f"{last.month}月{last.day}日"
    return f"{first.month}月{first.day}日至{end}"
