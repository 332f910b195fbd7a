"""Routing, wired."""

from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from services.routing.commands import CASES
from services.routing.projections.triage_queue import triage_queue
from services.routing.reactions import reactions

ROUTING = Service(
    "routing",
    [CASES],
    [organisations, seats, triage_queue],
    reactions.all,
    hears=["issue.events.v1", "meeting.events.v1", "directory.events.v1"],
    hears_keys=True,
)
