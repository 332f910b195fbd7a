"""A wish over HTTP: `POST <path>/<key>/<wish-in-kebab-case>`, which may be repeated freely."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, get_args
from uuid import UUID, uuid5

from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, with_config
from starlette.exceptions import HTTPException
from uuid_utils.compat import uuid7

from kernel.decider import Actor
from kernel.handle import Command, Store
from kernel.handler import Handler
from kernel.web.problems import PROBLEMS, etag

MOST_BODY = 1024 * 1024
Key = Annotated[str, Path(pattern=r"^[A-Za-z0-9._~-]{1,100}$")]
Seen = Annotated[str | None, Header(pattern=r'^(\*|(W/)?"[0-9]{1,9}")$')]
Caller = Callable[..., Awaitable[Actor]]
"""A dependency as FastAPI understands it: most ask for the `Request`."""
Asked = Callable[..., Awaitable[Command]]


class Answer(BaseModel):
    id: str
    version: int


def command_routes(
    store: Callable[[], Store],
    handler: Handler[Any, Any, Any, Any],
    wishes: object,
    path: str,
    caller: Caller,
) -> APIRouter:
    """One route for each wish of the union: leave out what only reactions and clocks may ask."""
    router, asked = APIRouter(route_class=Bounded), asked_by(caller)
    for wish in get_args(wishes) or (wishes,):
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", wish.__name__).lower()
        router.add_api_route(
            f"{path}/{{key}}/{name}",
            endpoint(store, handler, wish, asked),
            methods=["POST"],
            name=name.replace("-", "_"),
            responses=PROBLEMS,
        )
    return router


def asked_by(caller: Caller) -> Asked:
    async def command(
        by: Annotated[Actor, Depends(caller)],
        idempotency_key: Annotated[UUID, Header()],
        if_match: Seen = None,
        x_correlation_id: Annotated[UUID | None, Header()] = None,
    ) -> Command:
        seen = re.sub("[^0-9]", "", if_match or "")
        return command_by(by, idempotency_key, x_correlation_id, int(seen) if seen else None)

    return command


def command_by(by: Actor, key: UUID, correlation: UUID | None, seen: int | None) -> Command:
    """Under its caller: nobody can use up the id of another's command, a reaction or a clock."""
    return Command(uuid5(by.id, str(key)), by, correlation or uuid7(), seen=seen)


def endpoint(
    store: Callable[[], Store], handler: Handler[Any, Any, Any, Any], wish: type, asked: Asked
) -> Callable[..., Awaitable[Answer]]:
    async def carry_out(
        key: Key, body: Any, command: Annotated[Command, Depends(asked)], response: Response
    ) -> Answer:
        done = await handler.carry_out(store(), key, body, command)
        response.headers["ETag"] = etag(done.version)
        if done.again:
            response.headers["Idempotent-Replayed"] = "true"
        return Answer(id=key, version=done.version)

    # Strict on the class itself: of a subclass's object the digest would see no slots.
    strict = with_config(ConfigDict(extra="forbid"))(wish)
    carry_out.__annotations__["body"] = Annotated[strict, Body()]
    return carry_out


class Bounded(APIRoute):
    """Refuses a large body unread. FastAPI's own limit would answer in plain text."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Any:
            length = request.headers.get("content-length", "")
            if not length.isdecimal():
                raise HTTPException(411)
            if int(length) > MOST_BODY:
                raise HTTPException(413)
            return await handle(request)

        return bounded
