"""Directory, wired."""

from collections.abc import Iterable

from fastapi import APIRouter
from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.known import KNOWN
from registry.settings import CitySettings
from services.directory import api, pages
from services.directory.commands import ACCOUNTS, ORGANISATIONS, SEATS
from skin.site import Base, site

DIRECTORY = Service("directory", [ORGANISATIONS, SEATS, ACCOUNTS], KNOWN)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(DIRECTORY, settings, routes, transport, http)


def routes(base: Base) -> Iterable[APIRouter]:
    yield from api.routes(base)
    yield from pages.routes(base)
