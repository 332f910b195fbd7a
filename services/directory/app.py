"""Directory, wired."""

from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from registry.settings import CitySettings
from services.directory import api
from services.directory.commands import ORGANISATIONS, SEATS
from skin.site import site

DIRECTORY = Service("directory", [ORGANISATIONS, SEATS], [organisations, seats])


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(DIRECTORY, settings, api.routes, transport, http)
