"""How a notice and a task read on a page, and where each leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.calendar import ZONE, day_of
from contracts.notify import Gist, Template
from contracts.taxonomy import CATEGORIES
from registry.ground import Place
from services.notify.projections.tasks import Step
from services.notify.texts import text_of, values_of
from skin.pages import grouped
from skin.words import day, span

Places = Mapping[str, Place]
VERBS: Mapping[str, str] = {
    Step.ACCEPT: "受理",
    Step.ROUTE: "分派",
    Step.SIGN: "签收",
    Step.CONTACT: "联系反映人",
    Step.START: "开始办",
    Step.ANSWER: "写答复",
    Step.APPROVE: "签发答复",
    Step.PREPARE: "备材料",
    Step.DECIDE: "研究确定",
    Step.MEET: "约会议",
}
ASKING = (Template.NEW_CASE, Template.URGENT, Template.URGED, Template.TOPIC_WAITS)
"""Of these something is to be done; the others only tell."""
TO_DO: Mapping[Template, str] = {
    Template.NEW_CASE: "去签收",
    Template.URGENT: "去处置",
    Template.URGED: "去办",
    Template.INVITED: "看会议",
    Template.TOPIC_WAITS: "看材料",
}


def name_of(places: Places, code: str | None) -> str:
    place = places.get(code or "")
    return place.name if place else ""


def link(gist: Gist) -> str:
    """To the page of whoever owns what it is about."""
    if gist.topic_id:
        return f"/console/topics/{gist.topic_id}/decision"
    if gist.meeting_id:
        return f"/console/meetings/{gist.meeting_id}"
    return f"/console/cases/{gist.issue_id}"


@dataclass(frozen=True, slots=True)
class Line:
    """One notice on a page."""

    id: str
    fresh: bool
    told_at: datetime
    hour: str
    title: str
    verb: str
    href: str


def line(row: Any, places: Places) -> Line:
    gist = Gist.model_validate(row.gist)
    title = text_of(gist.template, values_of(gist, name_of(places, gist.org_code)))
    fresh, verb = row.read_at is None, TO_DO.get(gist.template, "去看")
    hour = f"{row.told_at.astimezone(ZONE):%H:%M}"
    return Line(row.notice_id, fresh, row.told_at, hour, title, verb, link(gist))


@dataclass(frozen=True, slots=True)
class Todo:
    """One step on a desk: `kind` is late, soon or nothing."""

    kind: str
    due: str
    under: str
    title: str
    text: str
    verb: str
    href: str


def todo(row: Any, places: Places, at: datetime) -> Todo:
    due, under, kind = when(row.due, at)
    category = CATEGORIES.get(row.category or "")
    what = category.name if category else "新事项"
    title = "议题" if row.kind == "topic" else what
    code = f"查询码 {grouped(row.code)}" if row.code else ""
    parts = [VERBS[row.step], code, "急事" if row.urgent else ""]
    text = " · ".join(part for part in parts if part)
    full = f"{title} · {name_of(places, row.org)}"
    return Todo(kind, due, under, full, text, VERBS[row.step], place_of(row))


def place_of(row: Any) -> str:
    match row.step:
        case Step.ACCEPT | Step.ROUTE:
            return "/console/queue"
        case Step.DECIDE:
            return f"/console/topics/{row.subject}/decision"
        case Step.MEET:
            return f"/console/meetings/new?topic={row.subject}"
        case Step.PREPARE:
            return f"/console/topics/{row.subject}"
        case _:
            return f"/console/cases/{row.subject}"


def when(due: datetime | None, at: datetime) -> tuple[str, str, str]:
    """(by when, how long that is, its kind) as people say it."""
    if due is None:
        return "没有期限", "", ""
    here, today = due.astimezone(ZONE), day_of(at)
    if due < at:
        return f"迟了 {span(at - due)}", f"{day(here.date(), 'zh-CN')} {here:%H:%M} 前", "late"
    if here.date() == today:
        return f"今天 {here:%H:%M}", f"还有 {span(due - at)}", "soon"
    return f"{here.month}月{here.day}日前", "", ""
