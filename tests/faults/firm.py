"""People of a city to whom each refusal and each long wait is a failure."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from httpx2 import AsyncClient

from trial.living.clerk import Clerk, Sent
from trial.living.deeds import City
from trial.living.people import PASSWORD, People, seats

LONGEST = 10.0
"""Seconds for one answer, on a busy machine; Kafka's own limits are thirty and more."""


class Firm(Clerk):
    """Sends each wish once."""

    async def ask(self, path: str, wish: Sent) -> dict[str, Any]:
        began = time.monotonic()
        answer = await self._ask(path, wish, str(uuid4()))
        if answer.status_code == 401:  # the token of before has had its time
            await self.sign_in()
            answer = await self._ask(path, wish, str(uuid4()))
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        assert time.monotonic() - began < LONGEST, f"{path} had to wait"
        said: dict[str, Any] = answer.json()
        return said

    async def look(self, path: str) -> Any:
        await self.sign_in()
        answer = await self.http.get(path, headers={"Authorization": f"Bearer {self.token}"})
        return answer.json() if answer.status_code == 200 else None


@asynccontextmanager
async def at_work(address: str) -> AsyncIterator[City]:
    async with AsyncClient(base_url=address, timeout=30, trust_env=False) as http:
        people = People(http)
        people.seats = {seat.login: Firm(http, seat.login, PASSWORD) for seat in seats()}
        yield City(people)


def firm(city: City, login: str) -> Firm:
    found = city.people.seats[login]
    assert isinstance(found, Firm)
    return found


async def in_queue(city: City, station: str) -> Counter[str]:
    """How often each matter waits there."""
    rows = await firm(city, station).look("/api/routing/queue") or []
    return Counter(row["issue_id"] for row in rows)


async def history(city: City, issue: UUID) -> dict[str, Any]:
    """As audit shows it, each fact on its own."""
    found = await firm(city, "lanzhou-auditor").look(f"/api/audit/history/{issue}?every=true")
    return found or {"lines": [], "streams": [], "parked": []}


def kinds(history: Mapping[str, Any]) -> Counter[str]:
    return Counter(line["kind"] for line in history["lines"])
