"""All stores of a trial city, read by who may read them all: is each whole, and do they agree?"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import permutations
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from kernel.database import Database
from kernel.proof.verify import verify
from kernel.read.projection import Projection
from kernel.read.rebuild import rebuild
from kernel.web.service import Service
from kernel.web.settings import raw_key
from services.audit.app import AUDIT
from services.directory.app import DIRECTORY
from services.intake.app import INTAKE
from services.meetings.app import MEETINGS_SERVICE
from services.notify.app import NOTIFY
from services.routing.app import ROUTING
from tests.faults.stage import UNDER_WAY
from tests.kernel.checker import (
    check_effects,
    check_heard,
    check_projection,
    check_store,
    parked,
)
from trial.keys import signing
from trial.stack import Stack

SERVICES: tuple[Service, ...] = (INTAKE, ROUTING, MEETINGS_SERVICE, NOTIFY, DIRECTORY, AUDIT)
CAUSED = {"CaseOpened", "IssueClosed", "IssueReopened", "Announced", "NotificationQueued"}
"""Told by reactions alone: once for each cause."""
Stores = Mapping[str, Database]


@asynccontextmanager
async def stores_of(folder: Path) -> AsyncIterator[Stores]:
    """`folder`: of the city, whose PostgreSQL runs."""
    stack = Stack(folder, 0, lambda _words: None)
    urls = stack.stores(stack.postgres)
    stores = {one.name: Database(urls[one.name], "checker", pool=4) for one in SERVICES}
    yield stores
    for store in stores.values():
        await store.close()


async def at_rest(stores: Stores) -> bool:
    """Nothing is on its way within any of them."""
    return not any([(await store.one(UNDER_WAY)).something for store in stores.values()])


async def wrong(stores: Stores) -> list[str]:
    """0 lost, 0 out of order, 0 twice; the read models are what their facts give."""
    found: list[str] = []
    for one in SERVICES:
        store = stores[one.name]
        found += await check_store(store) + await parked(store) + await check_effects(store, CAUSED)
        for projection in one.projections:
            found += await check_projection(store, projection)
        said = await verify(store, public_key(one.name))
        found += [] if said.ok else [f"{one.name}: {said}"]
    return found + await unheard(stores)


async def unheard(stores: Stores) -> list[str]:
    """Whoever hears a topic has each fact of it, as it was told."""
    return [
        f"{hearer.name} of {teller.name}: {what}"
        for teller, hearer in permutations(SERVICES, 2)
        if (prefixes := told_to(teller, hearer))
        for what in await check_heard(stores[teller.name], stores[hearer.name], prefixes)
    ]


def told_to(teller: Service, hearer: Service) -> list[str]:
    return [prefix for prefix, topic in teller.topics.items() if topic in hearer.hears]


def public_key(service: str) -> Any:
    return Ed25519PrivateKey.from_private_bytes(raw_key(signing(service))).public_key()


def projections() -> Iterator[tuple[str, Projection[Any]]]:
    return ((one.name, projection) for one in SERVICES for projection in one.projections)


async def rebuilt_otherwise(stores: Stores) -> list[str]:
    """Read models that are not, row by row, what they were when they are built anew."""
    found = []
    for service, projection in projections():
        before = await rows(stores[service], projection)
        await rebuild(stores[service], projection)
        if before != await rows(stores[service], projection):
            found.append(f"{service} {projection.name}")
    return found


async def rows(store: Database, projection: Projection[Any]) -> list[Any]:
    every = text(f"select * from read.{projection.name} order by {projection.key}")  # noqa: S608
    return [tuple(row) for row in await store.all(every)]
