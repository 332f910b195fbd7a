"""What led to what in one matter, over all services."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from contracts.permission import HANDLERS, HEADS, STATION, Role
from kernel.web.problems import Problem
from registry.staff import Staff
from services.audit.domain.causes import lifted
from services.audit.domain.drawing import Place, drawn
from services.audit.projections.history import CLOCK, FOLLOWING, History, Line, Stream, history
from services.audit.projections.opening import BROKEN, WITHHELD, Shown
from skin.pages import ERASED, NOT_YET, Pages
from skin.site import Base, console
from skin.words import said

PAGES = Pages("services.audit.pages")
SERVICES = {
    "intake": ("收件", "f-loess"),
    "routing": ("分派", "f-river"),
    "meetings": ("协商", "f-pine"),
    "notify": ("通知", "f-ink2"),
    "directory": ("名录", "f-seal"),
    "audit": ("留痕", "f-ink"),
}
STREAMS = {
    "issue": "事项",
    "case": "办理",
    "topic": "议题",
    "meeting": "会议",
    "notice": "通知",
}
MOST_ALONE = 3
WHY_NOT = {
    "erased": ERASED,
    "not-yet": NOT_YET,
    WITHHELD: "［原话不给看］",
    BROKEN: "［和封存时不一致，打不开］",
}


class Asked(BaseModel):
    """What of the history is asked for, as the form and the links say it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order: Literal["cause", "time"] = "cause"
    svc: str = ""
    who: Literal["", "person", "clock", "following"] = ""
    pub: bool = False
    gap: bool = False
    every: bool = False

    def keeps(self, line: Line) -> bool:
        if self.svc and line.service != self.svc:
            return False
        if line.gap:
            return not self.pub
        return not (
            self.gap or (self.who and line.how != self.who) or (self.pub and not line.public)
        )

    def but(self, **changed: object) -> str:
        """The same question with something else in it, as a link."""
        asked = {**self.model_dump(), **changed}
        given = {name: "1" if value is True else value for name, value in asked.items() if value}
        return f"?{urlencode(given)}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line in its place; `n` counts as they are shown."""

    n: int
    line: Line
    place: Place
    who: str
    because: int | None

    @property
    def colour(self) -> str:
        return SERVICES[self.line.service][1] if self.line.service in SERVICES else "f-ink"

    @property
    def service(self) -> str:
        return name_of(self.line.service)


def routes(base: Base) -> Iterable[APIRouter]:
    running = base.running
    router = APIRouter(include_in_schema=False)

    @router.get("/console/history/{issue_id}")
    async def of_matter(
        request: Request,
        issue_id: UUID,
        by: Annotated[Staff, Depends(base.staff)],
        asked: Annotated[Asked, Depends(asked_of)],
    ) -> Response:
        store = running.ready()
        found = await history(store.db, store.keyring, by.actor, str(issue_id), asked.every)
        if found is None:
            raise Problem(404, "no-such-issue")
        values = {**shown(found, asked), "deals": deals(by)}
        return PAGES.show(request, "history.html", **console(by, "search", **values))

    yield router


def deals(by: Staff) -> bool:
    """Whether this seat may open the page on which the matter is worked on."""
    return by.actor.role in STATION | HANDLERS | HEADS


def asked_of(request: Request) -> Asked:
    """An address that somebody changed by hand shows the whole."""
    try:
        return Asked.model_validate(dict(request.query_params))
    except ValueError:
        return Asked()


def shown(found: History, asked: Asked) -> Mapping[str, Any]:
    kept = [line for line in found.lines if asked.keeps(line)]
    return {
        "history": found,
        "asked": asked,
        "rows": rows(found.lines, kept, asked.order),
        "facts": sum(line.count for line in found.lines if not line.gap),
        "lacking": sum(line.count for line in found.lines if line.gap),
        "gathered": [line for line in kept if line.count > 1 and not line.gap],
        "checks": checks(found.streams),
        "services": [(key, name) for key, (name, _) in SERVICES.items()],
        "colours": [SERVICES[key] for key in dict.fromkeys(line.service for line in kept)],
        "text_of": text_of,
    }


def rows(whole: Sequence[Line], kept: Sequence[Line], order: str) -> list[Row]:
    by_n = {str(line.n): line for line in kept}
    places = drawn(list(by_n), above_of(whole, list(by_n), order))
    numbers = {by_n[place.id].n: n for n, place in enumerate(places, 1)}
    return [row(by_n[place.id], place, numbers) for place in places]


def above_of(whole: Sequence[Line], kept: Sequence[str], order: str) -> dict[str, str | None]:
    """By time each simply stands under the one before it."""
    if order == "time":
        return dict(zip(kept, [None, *kept], strict=False))
    above = {str(line.n): str(line.under) if line.under else None for line in whole}
    return lifted(above, kept)


def row(line: Line, place: Place, numbers: Mapping[int, int]) -> Row:
    because = numbers.get(line.because or 0)
    return Row(numbers[line.n], line, place, who_of(line), because)


def who_of(line: Line) -> str:
    """Seat and organisation, never a name."""
    if line.who is None or line.how == FOLLOWING:
        return "跟着别的步骤"
    if line.how == CLOCK:
        return "系统时钟"
    if line.who.role == Role.RESIDENT:
        return "居民"
    return f"{said(line.who.role, 'zh-CN')} · {line.who.name}"


def checks(streams: Sequence[Stream]) -> list[tuple[bool, str, str, str]]:
    """For each service: whether all came, its name, which numbers, and what can be proven."""
    found = []
    for service, group in groupby(sorted(streams, key=order_of), key=lambda one: one.service):
        of_one = list(group)
        whole = not any(one.missing for one in of_one)
        found.append((whole, name_of(service), "；".join(numbers(of_one)), proof(of_one)))
    return found


def numbers(streams: Sequence[Stream]) -> list[str]:
    """Of what there is once by its numbers; of what there are many only how many, if all came."""
    kinds = Counter(kind_of(one) for one in streams if not one.missing)
    many = [f"{name} {n} 条，都齐" for name, n in kinds.items() if n > MOST_ALONE]
    alone = [one for one in streams if one.missing or kinds[kind_of(one)] <= MOST_ALONE]
    return [*map(numbers_of, alone), *many]


def kind_of(stream: Stream) -> str:
    return STREAMS.get(stream.stream.partition("-")[0], "记录")


def order_of(stream: Stream) -> tuple[int, str]:
    known = list(SERVICES)
    return known.index(stream.service) if stream.service in known else len(known), stream.stream


def numbers_of(stream: Stream) -> str:
    name = kind_of(stream)
    if stream.missing:
        return f"{name}到了第 {stream.last} 号，缺第 {'、'.join(map(str, stream.missing))} 号"
    return f"{name} 1–{stream.last} 号，齐"


def proof(streams: Sequence[Stream]) -> str:
    """Kinds of a state: proven, not yet, or contradicted."""
    if any(one.missing for one in streams):
        return "wait"
    return "done" if all(one.chained for one in streams) else "late"


def name_of(service: str) -> str:
    return SERVICES[service][0] if service in SERVICES else service


def text_of(one: Shown) -> str:
    return WHY_NOT[one.why] if one.text is None else one.text
