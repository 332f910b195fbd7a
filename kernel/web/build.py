"""The composition root of one service, and one process that serves any number of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from kernel.web import asyncapi, health, problems
from kernel.web.problems import Show, Words, kernel_words, no_page
from kernel.web.running import Running, Transport
from kernel.web.service import Service
from kernel.web.settings import Settings

log = structlog.get_logger(__name__)
GRACE = 5
"""Seconds that open requests get after SIGTERM; with the loops' own limits all ends within 15."""
STOP_LIMIT = 8.0

Routes = Callable[[Running], Iterable[APIRouter]]


@dataclass(frozen=True, slots=True)
class Built:
    running: Running
    app: FastAPI

    def answers(self, scope: Scope) -> bool:
        return any(r.matches(scope)[0] is not Match.NONE for r in self.app.router.routes)


def no_routes(_running: Running) -> Iterable[APIRouter]:
    return ()


def build(
    service: Service,
    settings: Settings,
    routes: Routes = no_routes,
    words: Words = kernel_words,
    transport: Transport | None = None,
    show: Show = no_page,
) -> Built:
    """Opens nothing yet: a service whose database is away still starts, and says so."""
    running, base = Running(service, settings, transport), f"/api/{service.name}"
    app = FastAPI(
        title=service.name, openapi_url=f"{base}/openapi.json", docs_url=None, redoc_url=None
    )
    problems.install(app, words, show)
    told = asyncapi.routes(service, prefix=settings.topic_prefix)
    for router in (health.routes(running), told, *routes(running)):
        app.include_router(router)
    return Built(running, app)


def together(built: Sequence[Built], more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """One application that hands each path to the service that owns it; `more` goes before."""

    async def hand_on(scope: Scope, receive: Receive, send: Send) -> None:
        owner = next((b for b in built if b.answers(scope)), built[0])
        await owner.app(scope, receive, send)

    return Starlette(routes=[*more, Mount("/", hand_on)], lifespan=lambda _app: alive(built))


@contextlib.asynccontextmanager
async def alive(built: Sequence[Built]) -> AsyncIterator[None]:
    for one in built:
        one.running.start()
    yield
    await asyncio.gather(*(stopped(one.running) for one in built))


async def stopped(running: Running) -> None:
    """Within its limit: nothing is lost by leaving, for all that counts is in the database."""
    try:
        async with asyncio.timeout(STOP_LIMIT):
            await running.stop()
    except TimeoutError:
        name = running.service.name
        log.warning("a service did not stop in time and was left", service=name, do="nothing")


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Until SIGTERM or SIGINT; then within 15 seconds."""
    server(app, host, port).run()


def server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE,
        lifespan="on",
    )
    return uvicorn.Server(config)
