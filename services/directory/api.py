"""Directory over HTTP, for those who keep it."""

from collections.abc import Iterable

from fastapi import APIRouter

from kernel.web.commands import command_routes
from services.directory.commands import ORGANISATIONS, SEATS
from services.directory.domain import organisation, seat
from skin.site import Base


def routes(base: Base) -> Iterable[APIRouter]:
    running, caller, root = base.running, base.caller, "/api/directory"
    yield command_routes(
        running.ready, ORGANISATIONS, organisation.Wish, f"{root}/organisations", caller
    )
    yield command_routes(running.ready, SEATS, seat.Wish, f"{root}/seats", caller)
