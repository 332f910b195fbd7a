"""One person at a screen: signs in, sends wishes, and tries again while the city is not there."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from httpx2 import AsyncClient, Response

from trial.trouble import Trouble

AGAIN = {401, 409, 503}
"""A token that is too old; a fact that has not come round yet; a service that starts."""
PATIENCE, PAUSE = 20.0, 0.1
Sent = Mapping[str, Any] | bytes
"""A wish, or a file."""


class NotDone(Trouble):
    """What the city answered at last."""


class Clerk:
    def __init__(self, http: AsyncClient, login: str, password: str) -> None:
        self.http, self.login, self.password = http, login, password
        self.token = ""

    async def sign_in(self) -> None:
        body = {"login": self.login, "password": self.password}
        answer = await self.http.post("/api/directory/sign-in", json=body)
        self.token = answer.json().get("token", "") if answer.status_code == 200 else ""

    async def ask(self, path: str, wish: Sent) -> dict[str, Any]:
        """The same command until it is taken: repeating is harmless."""
        once, until = str(uuid4()), time.monotonic() + PATIENCE
        while True:
            answer = await self._ask(path, wish, once)
            if answer.status_code < 300:
                said: dict[str, Any] = answer.json()
                return said
            if answer.status_code not in AGAIN or time.monotonic() > until:
                raise NotDone(f"{path}: {answer.status_code} {answer.text}")
            if answer.status_code == 401:
                await self.sign_in()
            await asyncio.sleep(PAUSE)

    async def look(self, path: str) -> Any:
        """What is there to read for this seat. Raises NotDone."""
        answer = await self.http.get(path, headers=self.signed())
        if answer.status_code == 401:
            await self.sign_in()
            answer = await self.http.get(path, headers=self.signed())
        if answer.status_code != 200:
            raise NotDone(f"{path}: {answer.status_code}")
        return answer.json()

    async def _ask(self, path: str, wish: Sent, once: str) -> Response:
        headers = {"Idempotency-Key": once, **self.signed()}
        body: dict[str, Any] = {"content": wish} if isinstance(wish, bytes) else {"json": wish}
        return await self.http.post(path, headers=headers, **body)

    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}
