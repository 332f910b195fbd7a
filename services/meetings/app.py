"""Meetings, wired."""

from collections.abc import Iterable

from fastapi import APIRouter
from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.known import KNOWN
from registry.settings import CitySettings
from services.meetings import api, pages
from services.meetings.commands import MEETINGS, TOPICS
from services.meetings.projections.issue_titles import issue_titles
from services.meetings.projections.meetings import meetings
from services.meetings.projections.topics import topics
from skin.site import Base, site

MEETINGS_SERVICE = Service(
    "meetings",
    [TOPICS, MEETINGS],
    [*KNOWN, issue_titles, topics, meetings],
    hears=["issue.events.v1", "directory.events.v1"],
    hears_keys=True,
)


def routes(base: Base) -> Iterable[APIRouter]:
    yield from api.routes(base)
    yield from pages.routes(base)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(MEETINGS_SERVICE, settings, routes, transport, http)
