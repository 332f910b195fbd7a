"""Meetings over HTTP."""

from collections.abc import Iterable

from fastapi import APIRouter

from kernel.web.commands import command_routes
from kernel.web.running import Running
from registry.staff import staff
from services.meetings.commands import MEETINGS, TOPICS
from services.meetings.domain import decider, topic


def routes(running: Running, staff_key: bytes) -> Iterable[APIRouter]:
    """`staff_key`: the public key of the staff's tokens."""
    caller, base = staff(running.db, staff_key), "/api/meetings"
    yield command_routes(running.ready, TOPICS, topic.Wish, f"{base}/topics", caller)
    yield command_routes(running.ready, MEETINGS, decider.Wish, f"{base}/meetings", caller)
