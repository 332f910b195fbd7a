"""An open console hears at once that something moved, and never what."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from contracts.permission import Role
from kernel.decider import Actor
from services.notify.live import EVERYTHING, MOST_WAITING, Listener, Live, Moved
from tests.journeys.city import TOWN, VILLAGE
from tests.notify.town import Town, routed

SLOW = 20.0


def test_who_does_not_keep_up_is_told_to_look_at_everything_again() -> None:
    listener = Listener(None, TOWN)
    for n in range(MOST_WAITING + 1):
        listener.tell(Moved("notice", str(n), 1))
    assert listener.waiting.get_nowait() == EVERYTHING
    assert listener.waiting.empty()


async def test_who_leaves_is_forgotten_and_nobody_is_heard_for_ever() -> None:
    live = Live(None)  # type: ignore[arg-type]  # it asks nothing until something moves
    by = Actor(id=None, role=Role.MEMBER, org=TOWN)  # type: ignore[arg-type]
    heard = [moved async for moved in live.hear(by, 0.01)]
    assert heard == [EVERYTHING]
    assert live.listeners == set()


@asynccontextmanager
async def stream(here: Town, by: Role) -> AsyncIterator["Stream"]:
    """As a browser opens it, whose reply comes in pieces."""
    opened = Stream(asyncio.Queue(), asyncio.Event())
    headers = await here.web.browser(by, {})
    headers |= {"Accept": "text/event-stream", "Accept-Encoding": "gzip"}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/console/live",
        "raw_path": b"/console/live",
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }
    task = asyncio.create_task(here.web.built["notify"].app(scope, opened.receive, opened.send))
    yield opened
    opened.left.set()
    async with asyncio.timeout(SLOW):
        await task


class Stream:
    def __init__(self, sent: asyncio.Queue[Any], left: asyncio.Event) -> None:
        self.sent, self.left, self.asked = sent, left, False

    async def receive(self) -> dict[str, Any]:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.sent.put(message)

    async def next(self) -> Any:
        async with asyncio.timeout(SLOW):
            return await self.sent.get()

    async def moved(self) -> dict[str, Any]:
        """The next that is no comment."""
        while True:
            for line in (await self.next())["body"].decode().splitlines():
                if line.startswith("data: "):
                    said: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    return said


@pytest.mark.connected
async def test_a_seat_hears_of_its_notices_and_of_its_matters_and_of_nothing_else(
    here: Town,
) -> None:
    async with (
        stream(here, Role.COMMUNITY_LIAISON) as liaison,
        stream(here, Role.AUDITOR) as auditor,
    ):
        start = await liaison.next()
        heads = {k.decode(): v.decode() for k, v in start["headers"]}
        assert heads["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in heads, "packed, it would wait for the end"
        assert (await liaison.moved())["kind"] == "all"
        await here.web.settle()
        issue, _ = await routed(here)
        heard = [await liaison.moved(), await liaison.moved()]
        assert sorted(one["kind"] for one in heard) == ["case", "notice"]
        assert {"kind": "case", "id": str(issue), "version": 3} in heard
        assert set(heard[0]) == {"kind", "id", "version"}
        assert liaison.sent.empty()
        await auditor.next()
        assert (await auditor.moved())["kind"] == "all"
        kinds = [(await auditor.moved())["kind"] for _ in range(3)]
        assert "notice" not in kinds
    assert VILLAGE.startswith(TOWN)
