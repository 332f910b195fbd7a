"""Meetings, wired."""

from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from services.meetings.commands import MEETINGS, TOPICS

MEETINGS_SERVICE = Service(
    "meetings",
    [TOPICS, MEETINGS],
    [organisations, seats],
    hears=["issue.events.v1", "directory.events.v1"],
    hears_keys=True,
)
