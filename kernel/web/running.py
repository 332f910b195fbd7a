"""One service of this process: its parts, and the loops that keep them going."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from kernel.clock import Tick
from kernel.database import Busy, Database
from kernel.epoch import WrongStore, settle_epoch
from kernel.handle import Store
from kernel.loops import FIRST_PAUSE, LONGEST_PAUSE, SELDOM, Wake, back_off, end, ending, run
from kernel.proof.heads import seal_head, tell_heads
from kernel.read import tables
from kernel.read.consumers import Reacting, Showing
from kernel.read.reader import Reader
from kernel.read.rebuild import rebuild
from kernel.seal.keyring import Keyring
from kernel.seal.telling import KeyInbox, KeyTeller
from kernel.seal.vault import Vault
from kernel.sequencer import sequence
from kernel.web.service import Service
from kernel.web.settings import Settings, WrongSettings, raw_key
from kernel.wire.broker import HeardFrom, Listener
from kernel.wire.inbox import Inbox
from kernel.wire.producer import KafkaOutbound, Outbound
from kernel.wire.relay import Relay, untold
from kernel.writer import Writer

log = structlog.get_logger(__name__)
KEYS, HEADS = "keys.v1", "heads.v1"
KEYS_KNOWN = text("select has_keys from kernel.identity")
ALL_KEYS = text("update kernel.identity set has_keys = true")
NEWEST_HEAD = text("select told from kernel.tree_heads order by size desc limit 1")


class Stalled(Exception):
    """A consumer that has to be replaced."""


class Hearing(Protocol):
    """A member of a group that hears topics."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def lag(self) -> int | None: ...
    async def behind(self) -> int | None:
        """Records of all partitions that this store has not heard; None without an answer."""

    async def stalled(self, limit: float) -> None: ...


class Transport(Protocol):
    """How services tell and hear each other: Kafka, or a test's own broker."""

    def outbound(self, name: str) -> Outbound: ...
    def listen(
        self, db: Database, group: str, topics: Sequence[str], hear: HeardFrom, member: str | None
    ) -> Hearing: ...


class Kafka:
    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def outbound(self, name: str) -> Outbound:
        return KafkaOutbound(self.bootstrap, name)

    def listen(
        self, db: Database, group: str, topics: Sequence[str], hear: HeardFrom, member: str | None
    ) -> Hearing:
        return Listener(db, self.bootstrap, group, topics, hear, member)


class Running:
    """Made at once, so that it can say how it is; opened when its database answers."""

    store: Store
    reader: Reader
    relay: Relay

    def __init__(
        self, service: Service, settings: Settings, transport: Transport | None = None
    ) -> None:
        self.service, self.settings = service, settings
        self.transport = transport or Kafka(settings.kafka)
        limits = (settings.pool, settings.statement_limit, settings.lease)
        self.db = Database(settings.database_url, service.name, *limits)
        self.order, self.tell, self.read = Wake(), Wake(), Wake()
        self.writer = Writer(self.db, self.order)
        self.signer = Ed25519PrivateKey.from_private_bytes(raw_key(settings.signing_key))
        self.out = self.transport.outbound(service.name)
        self.heads_out = self.transport.outbound(f"{service.name}-heads")
        subject, vault = settings.subject_key, settings.vault_key
        self.keyring = Keyring(self.db, raw_key(subject) if subject else None)
        self.vault = (
            Vault(self.db, Keyring(self.db, raw_key(vault), private=True)) if vault else None
        )
        self.own_steps: dict[str, Callable[[], Awaitable[int]]] = {}
        """What this service alone does over and over besides: put in before it starts."""
        self.listeners: dict[str, Hearing] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.opened = self.has_keys = False
        if service.hears_keys and not subject:
            raise WrongSettings("MAZHA_SUBJECT_KEY: needed to open what others closed")

    def ready(self) -> Store:
        """The store, once it is open. Raises Busy before."""
        if not self.opened:
            raise Busy
        return self.store

    async def open(self) -> None:
        """Raises what will pass while the database does not answer."""
        service, secret = self.service, raw_key(self.settings.secret)
        await settle_epoch(self.db, service.name)
        self.store = Store(self.db, service.name, secret, self.writer, self.keyring)
        topics = {prefix: self.named(topic) for prefix, topic in service.topics.items()}
        self.keys = KeyTeller(self.db, self.out, self.named(KEYS), self.keyring)
        self.relay = Relay(self.db, self.out, topics)
        self.tick = Tick(self.store, service.by_prefix)
        self.inbox = Inbox(self.db, self.order.set, service.name)
        await self._enter()
        self.has_keys = not service.hears_keys
        self.opened = True

    async def _enter(self) -> None:
        async with self.db.begin() as conn:
            await tables.prepare(conn, self.service.projections)
            live = await tables.live(conn, self.service.projections)
        shown = [Showing(projection) for projection in live]
        reacting = [Reacting(self.store, reaction) for reaction in self.service.reactions]
        own = [make(self.store) for make in self.service.consumers]
        self.reader = Reader(self.db, [*shown, *reacting, *own])
        await self.reader.enter()
        await self.relay.enter()

    def named(self, topic: str) -> str:
        return self.settings.topic_prefix + topic

    def start(self) -> None:
        self._task("open", self._run())

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self.opened:
            try:
                await self.open()
            except WrongStore as error:  # no waiting mends this: the process ends
                log.critical("wrong settings", error=str(error), do="check its DATABASE_URL")
                signal.raise_signal(signal.SIGTERM)
                return
            except Exception as error:
                pause = await back_off("open", error, pause)
        for name, (step, wake) in self.steps().items():
            self._task(name, run(name, step, wake))
        for name, topics, hear in self.hears():
            self._task(name, self._listen(name, topics, hear))
        self._task("rebuild", self._rebuild())

    def steps(self) -> dict[str, tuple[Callable[[], Awaitable[int]], Wake]]:
        """Each step by its name, with what wakes it; tests drive the same steps one by one."""

        async def give_places() -> int:
            if did := await sequence(self.db):
                self.tell.set()
                self.read.set()
            return did

        async def sign() -> int:
            return await seal_head(self.db, self.signer)

        return {
            "sequence": (give_places, self.order),
            "tell": (self._tell, self.tell),
            "read": (self.reader.step, self.read),
            "tick": (self.tick.step, Wake()),
            "sign": (sign, Wake(SELDOM)),
            "tell heads": (self._tell_heads, Wake(SELDOM)),
            "all keys": (self._hear_all_keys, Wake(SELDOM)),
        } | {name: (step, Wake()) for name, step in self.own_steps.items()}

    async def _tell(self) -> int:
        """Keys before facts: who hears a sealed text should find its key there. Those that are made
        meanwhile wait for the next turn: else under load no fact would ever be told."""
        end, told = await untold(self.db), 0
        while end.keys and (more := await self.keys.step(end.keys)):
            told += more
        return told + (await self.relay.step(end.facts) if end.facts else 0)

    async def _tell_heads(self) -> int:
        """Apart from facts, on a way of its own: heads that do not get through hold up nothing."""
        if all(head.told for head in await self.db.all(NEWEST_HEAD)):  # it is told last
            return 0
        return await tell_heads(self.db, self.heads_out, self.named(HEADS))

    async def _hear_all_keys(self) -> int:
        """A new service has all keys before it serves; from then on it never waits for Kafka."""
        if self.has_keys:
            return 0
        listener = self.listeners.get("keys")
        if listener is not None and await listener.behind() == 0:
            await self.db.do(ALL_KEYS)
        self.has_keys = (await self.db.one(KEYS_KNOWN)).has_keys  # another replica may have said so
        return int(self.has_keys)

    def hears(self) -> list[tuple[str, list[str], HeardFrom]]:
        found: list[tuple[str, list[str], HeardFrom]] = []
        if self.service.hears:
            topics = [self.named(topic) for topic in self.service.hears]
            found.append(("journal", topics, self.inbox.hear))
        if self.service.hears_keys:
            forget = KeyInbox(self.db, self.keyring)
            found.append(("keys", [self.named(KEYS)], forget.hear))
        return found

    async def _listen(self, purpose: str, topics: Sequence[str], hear: HeardFrom) -> None:
        """A consumer that stalls is replaced by a new one: it cannot be trusted to recover."""
        group = f"{self.settings.topic_prefix}{self.service.name}.{purpose}.v1"
        member = f"{self.settings.member}.{purpose}" if self.settings.member else None
        pause = FIRST_PAUSE
        while True:
            listener = self.transport.listen(self.db, group, topics, hear, member)
            try:
                await listener.start()
                self.listeners[purpose], began = listener, time.monotonic()
                await listener.stalled(self.settings.watchdog)
                if time.monotonic() - began > LONGEST_PAUSE:
                    pause = FIRST_PAUSE
                raise Stalled("it made no progress or lost its place; a new one begins")
            except (asyncio.CancelledError, Exception) as error:
                if isinstance(error, asyncio.CancelledError) and ending():
                    raise
                pause = await back_off(f"hear {purpose}", error, pause)
            finally:
                self.listeners.pop(purpose, None)
                await listener.stop()

    async def _rebuild(self) -> None:
        """Read models that the store has in an older version than this program, or not at all."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._rebuild_all()
            except Exception as error:  # it goes on where it was
                pause = await back_off("rebuild", error, pause)

    async def _rebuild_all(self) -> None:
        async with self.db.begin() as conn:
            older = await tables.older(conn, self.service.projections)
        for projection in older:
            await rebuild(self.db, projection)
            self.reader.add(Showing(projection))
        async with self.db.begin() as conn:
            live = await tables.live(conn, self.service.projections)
        for projection in live:  # also those that another run has swapped meanwhile
            self.reader.add(Showing(projection))

    def _task(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self.tasks[name] = asyncio.create_task(work, name=f"{self.service.name} {name}")

    async def stop(self) -> None:
        """Whatever is under way is done again after the next start: stopping needs no care."""
        await end(self.tasks.values())
        await asyncio.gather(self.out.stop(), self.heads_out.stop(), return_exceptions=True)
        await self.db.close()
