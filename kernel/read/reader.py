"""One feed reader: drives all projections and reactions of a service, each from its own checkpoint.

Consumers that stand at the same place share the read, the decoding and the transaction; one that is
behind catches up beside them. Row locks on the checkpoints make a second reader harmless.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kernel import feed
from kernel.database import Database, passes
from kernel.event import Event, TooNew, read_fact
from kernel.feed import Told
from kernel.loops import LONGEST_PAUSE, WAIT
from kernel.read import parking
from kernel.read.consumer import Consumer, apart, for_consumer, one_by_one, unreadable
from kernel.read.fold import Heard, Trouble

log = structlog.get_logger(__name__)
MOST, MOST_AGAIN = 1_000, 50
PATIENCE = timedelta(minutes=10)
"""How long a refused reaction is tried again: its cause may still be on the way."""
LOOK_AGAIN = 0.5
TO_DO = {
    "parked": "mend the cause, then retry the key, or skip the fact with a reason",
    "too-new": "upgrade this service: it then reads the fact by itself",
}

PLACES = text("select name, seq from kernel.checkpoints where name = any(:names)")
HOLD = text("""
select name from kernel.checkpoints where name = any(:names) and seq = :at
 order by name for update skip locked
""")
MOVE = text("""
update kernel.checkpoints set seq = :upto, moved_at = clock_timestamp()
 where name = any(:names) and seq = :at
""")
ENTER = text("""
insert into kernel.checkpoints (name, seq)
select name, (select coalesce(max(seq), 0) from kernel.feed)
    from unnest(cast(:names as text[])) as n(name)
on conflict do nothing
""")


class Reader:
    def __init__(self, db: Database, consumers: Sequence[Consumer], most: int = MOST) -> None:
        self.db, self.most = db, most
        self.consumers: dict[str, Consumer] = {}
        self.kinds: dict[str, type[Event]] = {}
        for consumer in consumers:
            self.add(consumer)
        self.moved = asyncio.Event()
        self.look_again, self.place = 0.0, 0
        self.resting: dict[str, tuple[float, float]] = {}
        """Until when, and for how long: twice as long each time."""
        self.patience = PATIENCE

    def add(self, consumer: Consumer) -> None:
        for name, kind in consumer.kinds.items():
            if self.kinds.setdefault(name, kind) is not kind:
                raise ValueError(f"{name} names two different facts in {consumer.name} and another")
        self.consumers[consumer.name] = consumer

    async def enter(self) -> None:
        """A reaction that is new to this store reacts from now on, not to the past."""
        async with self.db.begin() as conn:
            await conn.execute(ENTER, {"names": sorted(self.consumers)})

    async def step(self) -> int:
        try:
            did = await self.forward()
        except Exception:
            await self._retry()
            raise
        return did + await self._retry()

    async def forward(self) -> int:
        """How many facts were passed on; 0 when every consumer has reached the end of the feed.

        One that fails stops no other: raised is what went wrong only when nothing was done.
        """
        did, failed = 0, list[Exception]()
        for at, group in sorted((await self._groups()).items()):
            if batch := await feed.read(self.db, at, self.most):
                for together in apart(group):
                    did += await self._pass_on(together, at, batch, failed)
        if failed and not did:
            raise failed[0]
        if did:
            self._tell()
        return did

    async def _pass_on(
        self, group: Sequence[Consumer], at: int, batch: Sequence[Told], failed: list[Exception]
    ) -> int:
        try:
            did = await self._take(group, at, batch)
            for consumer in group:
                self.resting.pop(consumer.name, None)
            return did
        except Exception as error:
            if len(group) > 1:
                return sum([await self._pass_on([c], at, batch, failed) for c in group])
            failed.append(error)
            self._rest(group[0].name, error)
            return 0

    def _rest(self, name: str, error: Exception) -> None:
        _, before = self.resting.get(name, (0.0, LOOK_AGAIN / 2))
        pause = min(before * 2, LONGEST_PAUSE)
        self.resting[name] = (time.monotonic() + pause, pause)
        again = round(pause, 1)
        said = unreadable(error)
        log.warning(
            "a consumer failed and rests", consumer=name, error=said, again_in=again, do=WAIT
        )

    def _awake(self) -> list[str]:
        now = time.monotonic()
        return [name for name in self.consumers if self.resting.get(name, (0.0, 0.0))[0] <= now]

    async def reach(self, conn: AsyncConnection, at: int, upto: int) -> bool:
        """Takes the last steps in the caller's transaction. False: too many for one."""
        if upto - at > self.most:
            return False
        heard = [self.read(told) for told in await feed.read_within(conn, at, upto - at)]
        if heard:
            await self._pass(conn, list(self.consumers.values()), at, heard, careful=False)
        return (heard[-1].told.seq if heard else at) >= upto

    async def _groups(self) -> dict[int, list[Consumer]]:
        groups: dict[int, list[Consumer]] = defaultdict(list)
        for row in await self.db.all(PLACES, names=self._awake()):
            groups[row.seq].append(self.consumers[row.name])
        return groups

    async def _take(
        self, group: Sequence[Consumer], at: int, batch: Sequence[Told], careful: bool = False
    ) -> int:
        """How many facts were passed; 0 when another reader was there first."""
        heard = [self.read(told) for told in batch]
        try:
            async with self.db.begin() as conn:
                return await self._pass(conn, group, at, heard, careful)
        except Exception as error:
            if passes(error) or careful:
                raise
            log.warning("a row could not be written; looking fact by fact", error=unreadable(error))
        return max([await self._take([c], at, batch, careful=True) for c in group])

    async def _pass(
        self,
        conn: AsyncConnection,
        group: Iterable[Consumer],
        at: int,
        heard: Sequence[Heard],
        careful: bool,
    ) -> int:
        names = [c.name for c in group]
        held = {row.name for row in await conn.execute(HOLD, {"names": names, "at": at})}
        for consumer in group:
            if consumer.name in held and (mine := for_consumer(consumer, heard)):
                await self._give(conn, consumer, mine, careful)
        self.place = heard[-1].told.seq
        await conn.execute(MOVE, {"names": sorted(held), "at": at, "upto": self.place})
        return len(heard) if held else 0

    async def _give(
        self, conn: AsyncConnection, consumer: Consumer, mine: Sequence[Heard], careful: bool
    ) -> None:
        held = await parking.held(conn, consumer.name, [h.told.key for h in mine])
        free = [h for h in mine if h.told.key not in held]
        behind = [Trouble(h.told, "behind", "") for h in mine if h.told.key in held]
        take = partial(one_by_one, consumer) if careful else consumer.take
        troubles = behind + (await take(conn, free) if free else [])
        await parking.park(conn, consumer.name, sorted(troubles, key=lambda t: t.told.seq))
        self._alarm(consumer.name, troubles)

    def read(self, told: Told) -> Heard:
        if told.type is None:
            return Heard(told, None, "its envelope cannot be read: look at its journal row")
        kind = self.kinds.get(told.type)
        if kind is None:
            return Heard(told, None)
        try:
            return Heard(told, read_fact(kind, told.schema_ver, told.data))
        except TooNew as error:
            return Heard(told, None, str(error), "too-new")
        except Exception as error:  # whatever others told us, only its key may stop
            return Heard(told, None, unreadable(error))

    async def _retry(self) -> int:
        """The first of each key whose time has come; those behind it follow in the next turns."""
        if time.monotonic() < self.look_again:
            return 0
        rows = await parking.ready(self.db, self._awake(), MOST_AGAIN)
        seqs = [row.seq for row in rows]
        told = {t.seq: t for t in await feed.read_at(self.db, seqs)} if rows else {}
        did = sum([await self._unless_failing(row, told[row.seq]) for row in rows])
        self.look_again = 0.0 if did else time.monotonic() + LOOK_AGAIN
        return did

    async def _unless_failing(self, row: Row[Any], told: Told) -> bool:
        if row.consumer not in self._awake():  # since a moment ago
            return False
        try:
            return await self._once_more(self.consumers[row.consumer], told, row.state)
        except Exception as error:
            self._rest(row.consumer, error)
            return False

    async def _once_more(self, consumer: Consumer, told: Told, was: str) -> bool:
        async with self.db.begin() as conn:
            if not await self._alone(conn, consumer.name, told.seq):
                return False
            troubles = await one_by_one(consumer, conn, [self.read(told)])
            for trouble in troubles:
                state = await parking.again(conn, consumer.name, trouble, self.patience)
                if state != was:
                    self._alarm(consumer.name, [Trouble(told, state, trouble.error)])
            if not troubles:
                await parking.gone(conn, consumer.name, told.seq)
        self._tell()
        return not troubles

    async def _alone(self, conn: AsyncConnection, name: str, seq: int) -> bool:
        """A retry and the live batch may touch the same row: never at the same time.

        Asked only once the lock is held: another replica may have taken the fact meanwhile.
        """
        if (await conn.execute(ALONE, {"name": name})).first() is None:
            return False
        return await parking.waits(conn, name, seq)

    def _tell(self) -> None:
        self.moved.set()
        self.moved = asyncio.Event()

    def _alarm(self, consumer: str, troubles: Iterable[Trouble]) -> None:
        """One line for all of a batch: a log must not grow with what went wrong."""
        stopped = [t for t in troubles if t.state in ("parked", "too-new")]
        if stopped:
            first = stopped[0]
            log.error(
                "facts are parked; later facts of their keys wait behind them",
                consumer=consumer,
                count=len(stopped),
                first_seq=first.told.seq,
                kind=first.told.type,
                state=first.state,
                error=first.error,
                do=TO_DO[first.state],
            )


ALONE = text("select name from kernel.checkpoints where name = :name for update skip locked")
