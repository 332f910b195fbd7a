"""What one service asks another, signed and said what for; never while somebody's command waits."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from httpx2 import AsyncClient, HTTPError, Response

from kernel.clock import now
from kernel.decider import Refused
from kernel.web.running import Running
from kernel.web.settings import raw_key
from kernel.web.tokens import Claims, Keys, check, from_service, mint
from registry.settings import CitySettings

LIMIT = 3.0
"""Seconds; somebody waits for the page."""


class Neighbours:
    """`http` can be a test's own."""

    def __init__(self, running: Running, http: AsyncClient | None = None) -> None:
        assert isinstance(running.settings, CitySettings)  # noqa: S101  services of the city
        self.running, self.settings = running, running.settings
        # What it carries is for the neighbour alone, whatever proxy the machine has for the world.
        self.http = http or AsyncClient(timeout=LIMIT, trust_env=False)

    async def ask(
        self, service: str, path: str, purpose: str, body: Mapping[str, object]
    ) -> dict[str, Any]:
        """`POST /internal/<service>/<path>`. Raises Refused when no answer comes."""
        url = self.settings.internal_url.format(service=service)
        signed = {"Authorization": f"Bearer {await self._token(service, purpose)}"}
        try:
            answer = await self.http.post(
                f"{url}/internal/{service}/{path}", json=dict(body), headers=signed
            )
        except HTTPError:
            raise Refused("neighbour-away") from None
        if not answer.is_success:
            raise no_of(answer)
        said: dict[str, Any] = answer.json()
        return said

    async def address(self, service: str, path: str, purpose: str) -> str:
        """Where a browser may fetch a file of theirs, for a minute."""
        return f"/files/{service}/{path}?t={await self._token(service, purpose)}"

    async def _token(self, service: str, purpose: str) -> str:
        key, me = raw_key(self.settings.signing_key), self.running.service.name
        return mint(key, me, service, purpose, await now(self.running.db))


def no_of(answer: Response) -> Refused:
    """A rule's own no is told on; whatever else a neighbour answers is as if it were away."""
    if answer.status_code != HTTPStatus.CONFLICT:
        return Refused("neighbour-away")
    said: dict[str, Any] = answer.json()
    return Refused(said["code"], **said.get("values", {}))


def asked_by_service(running: Running, purpose: str) -> Callable[[Request], Awaitable[Claims]]:
    """For an internal route: `Depends(asked_by_service(…))`, for this purpose alone."""
    keys = keys_of(running)

    async def claims(request: Request) -> Claims:
        at = await now(running.db)
        found = from_service(lambda: keys, running.service.name, purpose, lambda: at)
        return await found(request)

    return claims


async def must_be_signed(running: Running, token: str, purpose: str) -> None:
    """Of an address that a neighbour made. Raises Forbidden."""
    check(token, keys_of(running), running.service.name, purpose, await now(running.db))


def keys_of(running: Running) -> Keys:
    settings = running.settings
    assert isinstance(settings, CitySettings)  # noqa: S101  services of the city
    return {name: raw_key(key) for name, key in settings.service_keys.items()}
