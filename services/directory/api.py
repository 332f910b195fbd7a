"""Directory over HTTP, for those who keep it."""

from collections.abc import Iterable

from fastapi import APIRouter

from kernel.web.commands import command_routes
from kernel.web.running import Running
from registry.staff import staff
from services.directory.commands import ORGANISATIONS, SEATS
from services.directory.domain import organisation, seat


def routes(running: Running, staff_key: bytes) -> Iterable[APIRouter]:
    """`staff_key`: the public key of the staff's tokens."""
    caller, base = staff(running.db, staff_key), "/api/directory"
    yield command_routes(
        running.ready, ORGANISATIONS, organisation.Wish, f"{base}/organisations", caller
    )
    yield command_routes(running.ready, SEATS, seat.Wish, f"{base}/seats", caller)
