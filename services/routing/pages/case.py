"""One matter: what to do now and by when, what was said and done, what may not be done yet."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from album import MOST_BODY
from contracts.routing import ContactMethod, IssueRouted
from kernel.decider import Actor, Call
from kernel.seal.sealed import Sealed
from registry.ground import Ground
from registry.staff import Staff
from services.routing.commands import CASES, set_desk
from services.routing.domain.approval import ApproveAnswer, SendAnswerBack
from services.routing.domain.decider import Wish
from services.routing.domain.possible import Possible, possible
from services.routing.domain.table import VERSION
from services.routing.domain.work import AddProgress, ContactReporter, SignIssue, StartWork
from services.routing.pages.due import clocks
from services.routing.pages.look import PAGES, file_of, name_of, opened, see, who
from services.routing.pages.next_step import next_step
from services.routing.pages.photos import PhotoDesk
from services.routing.pages.telling import Told, told
from services.routing.projections.case_file import CaseFile, Step
from services.routing.projections.meetings_about import meetings_about
from skin.forms import MOST_FORM, Fields, Trouble, command_of, tried, wish_of
from skin.site import Base, console
from skin.words import words

CASE_PAGE = "/console/cases/{issue_id}"


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(CASE_PAGE)
    async def case(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        return await show(base, request, by, str(issue_id))

    for name, (read, most) in forms(base).items():
        step = taking(base, name, read, most)
        router.add_api_route(f"{CASE_PAGE}/{name}", step, methods=["POST"])
    return router


Read = Callable[[Request, Actor, UUID, Fields], Awaitable[Wish]]


def forms(base: Base) -> dict[str, tuple[Read, int]]:
    """What each form of the page wishes, and how long it may be."""
    return {
        "sign": (plain(SignIssue), MOST_FORM),
        "contact-made": (plain(ContactReporter), MOST_FORM),
        "start": (plain(StartWork), MOST_FORM),
        "approve": (plain(ApproveAnswer), MOST_FORM),
        "send-back": (plain(SendAnswerBack), MOST_FORM),
        "progress": (partial(PhotoDesk(base).wish, AddProgress), MOST_BODY),
    }


def plain(kind: type[Wish]) -> Read:
    async def read(_request: Request, _by: Actor, _issue: UUID, fields: Fields) -> Wish:
        return wish_of(kind, fields)

    return read


def taking(base: Base, name: str, read: Read, most: int) -> Any:
    """The form of one step: sent, carried out, and the page shown again."""

    async def step(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        await file_of(base, by, str(issue_id))

        async def doing(fields: Fields) -> object:
            wish = await read(request, by.actor, issue_id, fields)
            store, command = base.running.ready(), command_of(by.actor, fields)
            return await CASES.carry_out(store, str(issue_id), wish, command)

        trouble = await tried(request, doing, most)
        if trouble is None:
            return see(f"/console/cases/{issue_id}")
        return await show(base, request, by, str(issue_id), trouble, name)

    return step


async def show(
    base: Base,
    request: Request,
    by: Staff,
    issue_id: str,
    trouble: Trouble | None = None,
    doing: str = "",
) -> Response:
    file, here = await file_of(base, by, issue_id)
    can, trouble = await possible_for(base, by.actor, file), renewed(trouble, file)
    values = {
        **await said(base, file, here),
        "trouble": trouble,
        "kept": await PhotoDesk(base).kept(trouble) if doing == "progress" else (),
        "doing": doing,
        "can": can,
        "not_yet": {name: words(no.code, "zh-CN", no.words) for name, no in can.not_yet.items()},
        "methods": [(method.value, method) for method in ContactMethod],
    }
    return PAGES.show(
        request, "case.html", trouble.status if trouble else 200, **console(by, "cases", **values)
    )


def renewed(trouble: Trouble | None, file: CaseFile) -> Trouble | None:
    """Sent again after a stale screen, it is about the draft that stands below it now."""
    if trouble is None or not trouble.stale or file.case.draft is None:
        return trouble
    return replace(trouble, typed={**trouble.typed, "nth": str(file.case.draft.nth)})


async def possible_for(base: Base, by: Actor, file: CaseFile) -> Possible:
    desk = await set_desk(base.running.db, file.issue_id, SignIssue())
    return possible(file.case, desk(file.case, Call(by, file.now)))


async def said(base: Base, file: CaseFile, here: Ground) -> dict[str, Any]:
    """What the page says of the matter, whoever looks."""
    meetings = await meetings_about(base.running.db, file.issue_id, file.case.topic)
    coming = [row.starts_at for row in meetings if row.starts_at and not row.held_at]
    trail = [(step, told(step.fact, here), who(step.by, here)) for step in reversed(file.steps)]
    lead = name_of(here, file.case.lead)
    return {
        "file": file,
        "case": file.case,
        "raised": file.raised,
        "lead": lead,
        "co_orgs": [name_of(here, org) for org in file.case.helping()],
        "trail": trail,
        "texts": await opened(base.running.keyring, sealed(file, trail)),
        "next": next_step(file, lead, min(coming, default=None)),
        "clocks": clocks(file.steps, file.now),
        "meetings": meetings,
        "legs": [step.fact for step in file.steps if isinstance(step.fact, IssueRouted)],
        "table_version": VERSION,
    }


def sealed(file: CaseFile, trail: list[tuple[Step, Told, str]]) -> list[Sealed]:
    assert file.raised is not None  # noqa: S101  file_of looked
    place = file.raised.location.place
    first = [file.raised.title, file.raised.text_redacted, *([place] if place else [])]
    return [*first, *(text for _, one, _ in trail for text in one.texts)]
