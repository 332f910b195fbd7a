"""Intake, wired."""

from collections.abc import Iterable

from fastapi import APIRouter
from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.hourly import Hourly
from registry.known import KNOWN
from registry.settings import CitySettings
from services.intake import api, pages
from services.intake.commands import ISSUES, QRS, album_of
from services.intake.commands.forgetting import sweep
from services.intake.projections.deliberation import deliberation
from services.intake.projections.gate_code import gate_code
from services.intake.projections.matter import matter
from services.intake.projections.step import step
from skin.site import Base, site

INTAKE = Service(
    "intake",
    [ISSUES, QRS],
    [*KNOWN, matter, step, deliberation, gate_code],
    hears=["issue.events.v1", "meeting.events.v1", "directory.events.v1"],
    hears_keys=True,
)


def routes(base: Base) -> Iterable[APIRouter]:
    running = base.running
    if (vault := running.vault) is not None:
        sweeping = Hourly(running, lambda store: sweep(store, vault, album_of(running)))
        running.own_steps["sweep"] = sweeping.step
    yield from api.routes(base)
    yield from pages.routes(base)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(INTAKE, settings, routes, transport, http)
