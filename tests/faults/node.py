"""One service of the small trade, to be served by a process of its own.

MAZHA_DIE="<statement's words>,<before|after>,<n>" kills it with SIGKILL at that statement, the
n-th time: a crash point that leaves no chance to tidy up.
"""

import os
import signal
from collections.abc import Iterable
from typing import Any, cast

from fastapi import APIRouter, Request
from sqlalchemy import event

from kernel.database import Database
from kernel.decider import Actor
from kernel.web.build import build, serve, together
from kernel.web.commands import command_routes
from kernel.web.log import configure
from kernel.web.running import Running
from kernel.web.settings import Settings, settings_of
from kernel.wire.broker import Listener
from tests.kernel.city import LIBRARIAN
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import BOOKS, CARD_OFFICE, LIBRARY, POST

SERVICES = {service.name: service for service in (LIBRARY, CARD_OFFICE, POST)}


async def librarian(_request: Request) -> Actor:
    return LIBRARIAN


def routes(running: Running) -> Iterable[APIRouter]:
    if running.service is LIBRARY:
        wishes = BuyBook | LendBook | TakeBack
        yield command_routes(running.ready, BOOKS, wishes, "/api/library/books", librarian)


def die_at(db: Database, where: str) -> None:
    words, when, nth = where.rsplit(",", 2)
    left = int(nth)

    def passing(*args: object) -> None:
        nonlocal left
        if words in str(args[2] if len(args) > 2 else "commit"):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    name = "commit" if words == "commit" else f"{when}_cursor_execute"
    event.listen(db.engine.sync_engine, name, passing)


def wedge(running: Running) -> None:
    """SIGUSR1: the consumers stop fetching, and do not know it."""
    for listener in running.listeners.values():
        consumer: Any = cast(Listener, listener).subscriber.consumer
        consumer.pause(*consumer.assignment())


def serve_as(name: str) -> None:
    configure()
    service = SERVICES[name]
    settings = settings_of(service.name, Settings)
    built = build(service, settings, routes)
    if where := os.environ.get("MAZHA_DIE"):
        die_at(built.running.db, where)
    signal.signal(signal.SIGUSR1, lambda *_: wedge(built.running))
    serve(together([built]), "127.0.0.1", settings.port)
