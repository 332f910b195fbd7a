"""Routing, wired."""

from collections.abc import Iterable
from functools import partial

from fastapi import APIRouter
from httpx2 import AsyncClient

from kernel.handle import Store
from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.hourly import Hourly
from registry.known import KNOWN
from registry.settings import CitySettings
from services.routing import api
from services.routing.commands import CASES, DOCKETS
from services.routing.commands.photos import album_of, told_of
from services.routing.pages import answer, case, cases, contact, leaving, photos, queue, why
from services.routing.projections.case_org import case_org
from services.routing.projections.cases import cases as cases_at_hand
from services.routing.projections.meetings_about import meeting, meeting_about
from services.routing.projections.triage_queue import triage_queue
from services.routing.reactions import reactions
from skin.site import Base, site

ROUTING = Service(
    "routing",
    [CASES, DOCKETS],
    [*KNOWN, triage_queue, cases_at_hand, case_org, meeting, meeting_about],
    reactions.all,
    hears=["issue.events.v1", "meeting.events.v1", "directory.events.v1"],
    hears_keys=True,
)


VIEWS = (queue, cases, case, photos, answer, contact, why, leaving)


def routes(base: Base) -> Iterable[APIRouter]:
    running, album = base.running, album_of(base.running)

    async def tidied(store: Store) -> None:
        await album.sweep(partial(told_of, store.db))

    running.own_steps["sweep"] = Hourly(running, tidied).step
    yield from api.routes(base)
    for view in VIEWS:
        yield view.routes(base)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(ROUTING, settings, routes, transport, http)
