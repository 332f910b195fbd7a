"""Meetings over HTTP."""

from collections.abc import Iterable

from fastapi import APIRouter

from kernel.web.commands import command_routes
from services.meetings.commands import MEETINGS, TOPICS
from services.meetings.domain import decider, topic
from skin.site import Base


def routes(base: Base) -> Iterable[APIRouter]:
    running, caller, root = base.running, base.caller, "/api/meetings"
    yield command_routes(running.ready, TOPICS, topic.Wish, f"{root}/topics", caller)
    yield command_routes(running.ready, MEETINGS, decider.Wish, f"{root}/meetings", caller)
