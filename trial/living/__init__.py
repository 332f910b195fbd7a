"""A small living city, made by people who speak HTTP as everybody does; no row is put anywhere."""

import asyncio
import time
from collections.abc import Callable, Sequence

from httpx2 import AsyncClient, HTTPError

from trial.living.clerk import NotDone
from trial.living.people import People
from trial.living.weeks import weeks

__all__ = ["NotDone", "fill", "ready"]

PATIENCE = 60.0
Tell = Callable[[str], None]


async def ready(port: int, services: Sequence[str]) -> None:
    """Until each service says so, or a minute has passed."""
    until = time.monotonic() + PATIENCE
    async with AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        for name in services:
            while not await says_ready(http, name):
                if time.monotonic() > until:
                    raise TimeoutError(f"{name} did not become ready; see /api/{name}/readyz")
                await asyncio.sleep(0.1)


async def says_ready(http: AsyncClient, name: str) -> bool:
    try:
        return (await http.get(f"/api/{name}/readyz")).status_code == 200
    except HTTPError:
        return False


async def fill(port: int, tell: Tell, empty: bool = False) -> None:
    """Empty it has its people alone, and its clock stays where its weeks would begin."""
    async with AsyncClient(
        base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
    ) as http:
        people = People(http)
        await people.settle()
        tell(f"{len(people.seats)} seats are taken")
        if not empty:
            tell("a dozen matters over four weeks, through HTTP alone")
            await weeks(people, tell)
