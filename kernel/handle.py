"""Load, decide, append; on a conflict read and decide again."""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from kernel.database import Database
from kernel.decider import Actor, Call, Refused, Stream, ruling
from kernel.envelope import Envelope, checked
from kernel.event import Event
from kernel.proof.chain import link
from kernel.seal.box import Sealer
from kernel.seal.keyring import Keyring
from kernel.store import (
    MOST_BYTES,
    Append,
    Claimed,
    Conflict,
    History,
    KeyReused,
    Written,
    digest,
    load,
)
from kernel.writer import Writer

C = TypeVar("C")
S = TypeVar("S")
W = TypeVar("W")
E = TypeVar("E", bound=Event)
TRIES = 4


class Stale(Refused):
    """The person's screen shows an older version (412)."""


@dataclass(frozen=True, slots=True)
class Command:
    """One request to change something. The same id again gets the first answer."""

    id: UUID
    by: Actor
    correlation: UUID
    cause: UUID | None = None
    """The fact that a reaction answers; None when a person asked."""
    seen: int | None = None
    """The version on the person's screen (If-Match); None when it does not matter."""


@dataclass(frozen=True, slots=True)
class Done:
    stream: str
    version: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Store:
    """One service's store: where its facts are kept, and under which name."""

    db: Database
    source: str
    secret: bytes
    writer: Writer
    keyring: Keyring


async def handle(
    store: Store,
    stream: Stream[C, S, E, W],
    key: object,
    wish: C,
    command: Command,
    desk: Callable[[S, Call], W],
) -> Done:
    """Raises Refused, Stale, KeyReused, Busy, or Conflict when others always came first."""
    stream_id = stream.id(key)
    mark = digest(store.secret, stream_id, command.by, wish)
    for turn in range(TRIES):
        past = await load(store.db, stream.facts, stream_id, command=command.id)
        if past.done is not None:  # before decide: a retry must not meet its own effect
            if past.digest != mark:
                raise KeyReused(stream_id)
            return Done(stream_id, past.done, again=True)
        try:
            return await Turn(store, stream, stream_id, command, mark, past).take(wish, desk)
        except Conflict:
            await asyncio.sleep(random.uniform(0, 0.01 * 2**turn))  # noqa: S311
    raise Conflict(stream_id)


@dataclass(frozen=True, slots=True)
class Turn(Generic[C, S, E, W]):
    """A stream as it was just read, and what a command makes of it."""

    store: Store
    stream: Stream[C, S, E, W]
    stream_id: str
    command: Command
    mark: bytes
    past: History[E]

    async def take(self, wish: C, desk: Callable[[S, Call], W]) -> Done:
        if self.command.seen not in (None, self.past.version):
            raise Stale("screen-is-old", version=self.past.version)
        call = Call(self.command.by, self.past.now)
        with ruling():
            before = self.stream.decider.after(self.past.facts)
            facts = self.stream.decider.decide(wish, before, desk(before, call))
        if not facts:
            return Done(self.stream_id, self.past.version, again=True)
        return await self._append(await self.prepare(before, facts))

    async def _append(self, item: Append) -> Done:
        try:
            outcome = await self.store.writer.append(item)
        except Claimed:
            raise Refused("already-taken") from None
        return Done(self.stream_id, outcome.version, outcome.again)

    async def prepare(self, before: S, facts: Sequence[E]) -> Append:
        """The facts, closed and chained, and what the new state waits for and holds."""
        key = self.stream.key_of(self.stream_id)
        sealer = await self.store.keyring.sealer(key, facts)
        after = self.stream.decider.after(facts, before)
        was, now = self.stream.clocks(before), self.stream.clocks(after)
        held, holds = self.stream.claims(before), self.stream.claims(after)
        return Append(
            command_id=self.command.id,
            digest=self.mark,
            stream_id=self.stream_id,
            key=key,
            expected=self.past.version,
            at=self.past.now,
            facts=list(self._written(key, facts, sealer)),
            start=now,  # all of them: an older program may not have known of one
            stop=[clock for clock in was if clock not in now],
            claim=holds - held,
            keep=holds & held,
            free=held - holds,
        )

    def _written(self, key: str, facts: Sequence[E], sealer: Sealer) -> Iterator[Written]:
        tip = self.past.hash
        for version, fact in enumerate(facts, self.past.version + 1):
            self.stream.facts.must_hold(fact)
            written = closed(self._envelope(key, version, fact), fact, tip, sealer)
            tip = written.hash
            yield written

    def _envelope(self, key: str, version: int, fact: E) -> Envelope:
        envelope = Envelope(
            source=self.store.source,
            stream=self.stream_id,
            key=key,
            version=version,
            epoch=self.past.epoch,
            id=uuid7(),
            type=type(fact).__name__,
            schema_ver=fact.schema_ver(),
            at=self.past.now,
            actor=self.command.by,
            cause=self.command.cause or self.command.id,
            correlation=self.command.correlation,
        )
        return checked(envelope)  # what we write, others must be able to hear


def closed(envelope: Envelope, fact: Event, tip: bytes, sealer: Sealer) -> Written:
    """The bytes as they are stored. Refused when they are too many."""
    data, meta = fact.written(sealer.for_fact(envelope.id)), envelope.written()
    if len(data) > MOST_BYTES:
        raise Refused("too-large", most=MOST_BYTES)
    if not meta.isascii():  # a header that is not ASCII would be lost by some readers
        raise ValueError(f"{envelope.stream}: the envelope of a fact must be ASCII")
    kind, version = envelope.type, envelope.schema_ver
    return Written(envelope.id, kind, version, data, meta, link(tip, meta, data))
