"""Many clients at a library, each of which asks again until it has an answer."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4, uuid5

import httpx2

from tests.kernel.checker import Acked
from tests.kernel.city import LIBRARIAN


@dataclass
class Load:
    """`nodes` are ports: a client that gets no answer goes to the next one."""

    ports: Sequence[int]
    clients: int = 8
    pause: float = 0.02
    """Seconds between an answer and the next wish, more or less. Without it a machine would be
    busy with the load alone, and a fault hit one that is on its knees already."""
    seed: int = 1
    acked: list[Acked] = field(default_factory=list)
    unanswered: int = 0
    refused: int = 0
    stopping: bool = False

    async def run(self, seconds: float) -> "Load":
        """Wishes for that long, then every open one is asked again until it is answered."""
        end = asyncio.get_running_loop().time() + seconds
        async with httpx2.AsyncClient(timeout=5) as http:
            await asyncio.gather(*(self._client(http, n, end) for n in range(self.clients)))
        return self

    async def _client(self, http: httpx2.AsyncClient, n: int, end: float) -> None:
        chance = random.Random(self.seed * 1000 + n)  # noqa: S311
        while asyncio.get_running_loop().time() < end and not self.stopping:
            book = str(uuid4())
            await self.ask(http, book, "buy-book", {"shelfmark": book, "title": "x"})
            await self.ask(http, book, "lend-book", {"reader": f"reader-{chance.randrange(20)}"})
            if chance.random() < 0.5:
                await self.ask(http, book, "take-back", {})

    async def ask(self, http: httpx2.AsyncClient, book: str, wish: str, body: object) -> None:
        await asyncio.sleep(random.uniform(0, 2 * self.pause))  # noqa: S311
        key, port = uuid4(), random.randrange(len(self.ports))  # noqa: S311
        while True:
            port = (port + 1) % len(self.ports)
            answer = await self._once(http, self.ports[port], book, wish, body, key)
            if answer is not None and answer.status_code not in (500, 503):
                break
            self.unanswered += 1
            await asyncio.sleep(0.1)
        self._note(answer, book, key)

    async def _once(
        self,
        http: httpx2.AsyncClient,
        port: int,
        book: str,
        wish: str,
        body: object,
        key: UUID,
    ) -> httpx2.Response | None:
        url = f"http://127.0.0.1:{port}/api/library/books/{book}/{wish}"
        try:
            return await http.post(url, json=body, headers={"Idempotency-Key": str(key)})
        except httpx2.HTTPError:
            return None

    def _note(self, answer: httpx2.Response, book: str, key: UUID) -> None:
        if answer.status_code != 200:
            self.refused += 1
            return
        command = uuid5(LIBRARIAN.id, str(key))  # as the command endpoint names it
        self.acked.append(Acked(command, f"book-{book}", answer.json()["version"]))
