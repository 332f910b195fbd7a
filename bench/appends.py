"""Appends prepared as `handle` does, so that a run measures the writing and not the deciding."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from bench.parcels import PARCEL, Carry, Fact
from kernel.database import Database
from kernel.decider import Actor, Call
from kernel.handle import Command, Store, Turn
from kernel.loops import Wake
from kernel.proof.chain import GENESIS
from kernel.seal.keyring import Keyring
from kernel.store import Append, History, digest
from kernel.writer import Writer

SOURCE = "sender"
STREAMS = 10_000
AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
CLERK = Actor(UUID(int=7), "clerk", "north", UUID(int=8))

Plan = Sequence[UUID]
"""The parcels that one client writes to, one after the other."""


def store_of(db: Database) -> Store:
    return Store(db, SOURCE, b"bench", Writer(db, Wake()), Keyring(db, None))


def any_uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def plans(seed: str, clients: int, each: int, skewed: bool = True) -> list[Plan]:
    """Each client has parcels of its own, so that expected versions hold; few of them are hot."""
    chance, own = random.Random(seed), STREAMS // clients
    weights = [1 / rank if skewed else 1.0 for rank in range(1, own + 1)]
    keys = [[any_uuid(chance) for _ in range(own)] for _ in range(clients)]
    return [chance.choices(mine, weights, k=each) for mine in keys]


def command(chance: random.Random) -> Command:
    ident = any_uuid(chance)
    return Command(ident, CLERK, ident)


class Preparing:
    """Keeps each stream's version and tip, as if what was prepared were already written."""

    def __init__(self, store: Store, seed: str) -> None:
        self.store, self.chance = store, random.Random(seed)
        self.stand: dict[UUID, tuple[int, bytes]] = {}

    async def all(self, plans: Sequence[Plan], steps: int) -> list[list[Append]]:
        return [[await self.one(key, steps) for key in plan] for plan in plans]

    async def one(self, key: UUID, steps: int) -> Append:
        version, tip = self.stand.get(key, (0, GENESIS))
        stream, given, wish = PARCEL.id(key), command(self.chance), Carry(steps)
        mark = digest(self.store.secret, stream, given.by, wish)
        past: History[Fact] = History([], version, tip, AT, 1)
        facts = PARCEL.decider.decide(wish, version, Call(CLERK, AT))
        item = await Turn(self.store, PARCEL, stream, given, mark, past).prepare(version, facts)
        self.stand[key] = (version + steps, item.facts[-1].hash)
        return item
