"""The one stream that an open console listens to: that something moved, never what."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from registry.staff import LIFE, Staff
from services.notify.live import Live
from skin.site import Base

RETRY = 2_000
"""Milliseconds until a browser comes again."""


def routes(base: Base, live: Live) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/console/live", response_class=EventSourceResponse)
    async def listen(by: Annotated[Staff, Depends(base.staff)]) -> AsyncIterator[ServerSentEvent]:
        """For as long as the token holds that was looked at; a comment every 15 seconds keeps it
        open through whatever stands between."""
        async for moved in live.hear(by.actor, LIFE):
            yield ServerSentEvent(data=asdict(moved), retry=RETRY)

    return router
