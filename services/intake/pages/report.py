"""What do I want to say? The page “{org}社情民意收集”."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response

from album import MOST_BODY
from contracts.intake import Attachment, TargetLevel
from kernel.decider import Refused
from services.intake.commands import NOTICE, album_of
from services.intake.commands.raising import Raised, Said, is_raised, issue_of, raise_issue
from services.intake.domain import reporter
from services.intake.pages.addressing import Gate, addressee, choices, gate_of_org, gate_of_qr
from services.intake.pages.door import PAGES, let_in, places
from skin.forms import Fields, Trouble, Wrong, files_of, id_of, ids_of, tried
from skin.site import Base
from skin.words import words

CHECKS: Mapping[str, Callable[[Any], None]] = {
    "matter": reporter.must_be_written,
    "place": reporter.must_be_short,
    "target": reporter.must_be_addressed,
    "name": reporter.must_be_named,
    "contact": reporter.must_be_reachable,
    "consents": reporter.must_agree,
}
AT = {"too-many-photos": "photos"}
ORDER = (
    *("matter", "place", "photos", "target", "village", "community", "org"),
    *("name", "contact", "consents"),
)
"""In which faults are listed: that of the page."""


def add(router: APIRouter, base: Base) -> None:
    desk = ReportDesk(base)

    @router.get("/q/{qr}")
    async def by_code(request: Request, qr: str) -> Response:
        return await desk.show(request, await gate_of_qr(base.running, qr))

    @router.post("/q/{qr}")
    async def sent_by_code(request: Request, qr: str) -> Response:
        return await desk.take(request, await gate_of_qr(base.running, qr))

    @router.get("/o/{org}/report")
    async def by_place(request: Request, org: str) -> Response:
        return await desk.show(request, await gate_of_org(base.running, org))

    @router.post("/o/{org}/report")
    async def sent_by_place(request: Request, org: str) -> Response:
        return await desk.take(request, await gate_of_org(base.running, org))


class ReportDesk:
    """Shows the form and takes it; what was typed and sent stays on the page until it is whole."""

    def __init__(self, base: Base) -> None:
        self.base, self.album = base, album_of(base.running)

    async def show(self, request: Request, gate: Gate, trouble: Trouble | None = None) -> Response:
        typed = trouble.typed if trouble else {}
        once = id_of(typed, "once") if trouble else uuid4()
        here = await places(self.base.running)
        shown = {**choices(here, gate, typed), "gate": gate, "trouble": trouble, "once": once}
        kept = await self.album.kept(issue_of(once)) if trouble else ()
        status = trouble.status if trouble else 200
        return PAGES.show(request, "report.html", status, notice_ver=NOTICE, kept=kept, **shown)

    async def take(self, request: Request, gate: Gate) -> Response:
        raised: list[Raised] = []

        async def doing(fields: Fields) -> None:
            raised.append(await self._raise(request, gate, fields))

        trouble = await tried(request, doing, MOST_BODY)
        if trouble is not None:
            return await self.show(request, gate, trouble)
        (one,) = raised
        return let_in(self.base, one.code, str(one.id), f"/i/{one.code}/receipt")

    async def _raise(self, request: Request, gate: Gate, fields: Fields) -> Raised:
        running, issue = self.base.running, issue_of(id_of(fields, "once"))
        with_photos = await self._photos(request, issue, fields)
        org, unaddressed = addressee(await places(running), gate, fields)
        faults = {**checked(fields), **unaddressed, **with_photos}
        if faults:
            raise Wrong({name: faults[name] for name in ORDER if name in faults})
        said = said_of(fields, gate, org, await self.album.kept(issue))
        try:
            return await raise_issue(running.ready(), running.vault, said)
        except Refused as no:
            raise placed(no) from None

    async def _photos(self, request: Request, issue: UUID, fields: Fields) -> dict[str, str]:
        """Those that can be kept are, whatever else is wrong. Answers what is wrong with them. Of a
        matter that was raised none is left out any more."""
        drop, promised = ids_of(fields, "drop"), ids_of(fields, "kept")
        if drop and not await is_raised(self.base.running.db, issue):
            await self.album.leave_out(issue, drop)
        no = await self.album.keep_all(issue, issue, await files_of(request, "photos"))
        no = no or await self.album.gone(issue, promised - drop)
        return {"photos": words(no.code, "zh-CN", no.words)} if no else {}


def checked(fields: Fields) -> dict[str, str]:
    """Name → what is wrong there, of all at once: nobody wants to be told one after the other."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check(lined(fields.get(name, "")))
        except Refused as no:
            found[name] = words(no.code, "zh-CN", no.words)
    return found


def lined(value: Any) -> Any:
    """A browser sends two letters for each line break, and counts one."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def placed(no: Refused) -> Exception:
    """A rule that speaks of a field speaks at it."""
    at = AT.get(no.code)
    return Wrong({at: words(no.code, "zh-CN", no.words)}) if at else no


def said_of(fields: Fields, gate: Gate, org: str, photos: tuple[Attachment, ...]) -> Said:
    return Said(
        client_id=id_of(fields, "once"),
        org_code=org,
        level=TargetLevel(fields["target"]),
        text=lined(fields["matter"]),
        name=fields["name"],
        contact=fields["contact"],
        consents=tuple(fields["consents"]),
        notice_ver=fields.get("notice_ver", ""),
        place=fields.get("place", ""),
        qr_id=gate.qr,
        attachments=photos,
    )
