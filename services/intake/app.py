"""Intake, wired."""

from kernel.web.service import Service
from registry.organisations import organisations
from registry.seats import seats
from services.intake.commands import ISSUES, QRS

INTAKE = Service(
    "intake",
    [ISSUES, QRS],
    [organisations, seats],
    hears=["issue.events.v1", "directory.events.v1"],
    hears_keys=True,
)
