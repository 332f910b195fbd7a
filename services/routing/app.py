"""Routing, wired."""

from httpx2 import AsyncClient

from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from registry.settings import CitySettings
from services.routing import api
from services.routing.commands import AGENDAS, CASES
from services.routing.projections.case_org import case_org
from services.routing.projections.cases import cases
from services.routing.projections.meetings_about import meeting, meeting_about
from services.routing.projections.triage_queue import triage_queue
from services.routing.reactions import reactions
from skin.site import site

ROUTING = Service(
    "routing",
    [CASES, AGENDAS],
    [organisations, seats, triage_queue, cases, case_org, meeting, meeting_about],
    reactions.all,
    hears=["issue.events.v1", "meeting.events.v1", "directory.events.v1"],
    hears_keys=True,
)


def build(
    settings: CitySettings, transport: Transport | None = None, http: AsyncClient | None = None
) -> Built:
    return site(ROUTING, settings, api.routes, transport, http)
