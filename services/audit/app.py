"""Audit, wired."""

from collections.abc import Iterable

from fastapi import APIRouter
from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.known import KNOWN
from registry.settings import CitySettings
from services.audit import api
from services.audit.pages import history, search
from services.audit.projections.links import links
from services.audit.projections.matters import matters
from services.audit.projections.search import Indexing
from skin.site import Base, site

HEARS = ("issue", "meeting", "duty", "notice", "directory", "audit")
AUDIT = Service(
    "audit",
    projections=[*KNOWN, matters, links],
    hears=[f"{subject}.events.v1" for subject in HEARS],
    hears_keys=True,
    consumers=[Indexing],
)


def routes(base: Base) -> Iterable[APIRouter]:
    for room in (api, history, search):
        yield from room.routes(base)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(AUDIT, settings, routes, transport, http)
