"""Intake, wired."""

from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from registry.settings import CitySettings
from services.intake import api
from services.intake.commands import ISSUES, QRS
from skin.site import site

INTAKE = Service(
    "intake",
    [ISSUES, QRS],
    [organisations, seats],
    hears=["issue.events.v1", "directory.events.v1"],
    hears_keys=True,
)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(INTAKE, settings, api.routes, transport, http)
