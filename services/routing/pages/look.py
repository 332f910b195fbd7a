"""What the pages of routing share: their templates, their texts, and who may see a matter."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from fastapi import Response
from fastapi.responses import RedirectResponse

from contracts.calendar import day_of
from contracts.permission import Role, must_be
from contracts.stages import Stage
from kernel.decider import Actor
from kernel.seal.keyring import Keyring, Missing
from kernel.seal.sealed import Sealed
from kernel.web.problems import Problem
from registry.ground import Ground, ground
from registry.staff import Staff
from services.routing.domain.possible import READERS
from services.routing.pages import labels
from services.routing.pages.due import due, short
from services.routing.projections.case_file import CaseFile, file_for
from skin.pages import Pages
from skin.site import Base
from skin.words import said

STATES = {
    **dict.fromkeys((Stage.SUBMITTED, Stage.ACCEPTED, Stage.ROUTED, Stage.TOPIC_PENDING), "wait"),
    **dict.fromkeys((Stage.ANSWERED,), "wait"),
    **dict.fromkeys((Stage.CLOSED,), "done"),
    **dict.fromkeys((Stage.NOT_ACCEPTED, Stage.TRANSFERRED), "flat"),
}
"""The shape of each stage's word; the others are moving."""
PAGES = Pages("services.routing.pages")
PAGES.templates.globals |= {
    "due_at": due,
    "short": short,
    "names": labels,
    "STATES": {stage.value: kind for stage, kind in STATES.items()},
}
Texts = Mapping[str, str | Missing]


async def opened(keyring: Keyring, texts: Iterable[Sealed | str]) -> Texts:
    """By token, all at once."""
    tokens = list({text if isinstance(text, str) else text.token for text in texts})
    return dict(zip(tokens, await keyring.open(tokens), strict=True))


async def file_of(base: Base, by: Staff, issue_id: str) -> tuple[CaseFile, Ground]:
    """Raises Problem: 404 where there is no such matter, 403 where it is no business of theirs."""
    must_be(by.actor, READERS)
    here = await ground(base.running.db)
    file = await file_for(base.running.db, by.actor, issue_id, here.tree)
    if file.raised is None:
        raise Problem(404, "no-such-case")
    return file, here


def name_of(here: Ground, code: str) -> str:
    place = here.places.get(code)
    return place.name if place else code


def who(by: Actor, here: Ground) -> str:
    """The seat and its organisation; never a person."""
    if by.role == Role.SERVICE:
        return "系统"
    role = said("反映人" if by.role == Role.RESIDENT else by.role, "zh-CN")
    return f"{role} · {name_of(here, by.org)}" if by.org else role


def communities(here: Ground, station: str, now: datetime) -> list[tuple[str, str]]:
    """Below the station, those that are there today."""
    day = day_of(now)
    return sorted(
        (code, place.name)
        for code, place in here.places.items()
        if place.level == "VILLAGE" and place.on(day) and here.tree.covers(station, code)
    )


def see(path: str) -> Response:
    return RedirectResponse(path, 303)
