"""Load, decide, append; on a conflict read and decide again."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from kernel.decider import Actor, Call, Refused, Stream
from kernel.envelope import Envelope
from kernel.event import Event
from kernel.proof.chain import link
from kernel.seal.keyring import Keyring
from kernel.seal.sealed import Sealer
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
from kernel.database import Database
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
    """One service's store: where its facts are kept, under which name and epoch."""

    db: Database
    source: str
    epoch: int
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
            return _again(past, mark, stream_id)
        try:
            return await _try(store, stream, stream_id, wish, command, desk, past, mark)
        except Conflict:
            await asyncio.sleep(random.uniform(0, 0.01 * 2**turn))  # noqa: S311
    raise Conflict(stream_id)


def _again(past: History[E], mark: bytes, stream_id: str) -> Done:
    if past.digest != mark:
        raise KeyReused(stream_id)
    return Done(stream_id, past.done or 0, again=True)


async def _try(
    store: Store,
    stream: Stream[C, S, E, W],
    stream_id: str,
    wish: C,
    command: Command,
    desk: Callable[[S, Call], W],
    past: History[E],
    mark: bytes,
) -> Done:
    if command.seen not in (None, past.version):
        raise Stale("screen-is-old", version=past.version)
    before = stream.decider.after(past.facts)
    facts = stream.decider.decide(wish, before, desk(before, Call(command.by, past.now)))
    if not facts:
        return Done(stream_id, past.version, again=True)
    item = await prepare(store, stream, stream_id, command, past, mark, before, facts)
    try:
        outcome = await store.writer.append(item)
    except Claimed:
        raise Refused("already-taken", stream=stream_id) from None
    return Done(stream_id, outcome.version, outcome.again)


async def prepare(
    store: Store,
    stream: Stream[C, S, E, W],
    stream_id: str,
    command: Command,
    past: History[E],
    mark: bytes,
    before: S,
    facts: Sequence[E],
) -> Append:
    """What the command writes: the facts, closed and chained, and what the new state waits for."""
    key = stream.key_of(stream_id)
    sealer = await store.keyring.sealer(key, facts)
    after = stream.decider.after(facts, before)
    was, now = stream.clocks(before), stream.clocks(after)
    held, holds = stream.claims(before), stream.claims(after)
    return Append(
        command_id=command.id,
        digest=mark,
        stream_id=stream_id,
        key=key,
        expected=past.version,
        at=past.now,
        facts=write(store, stream_id, key, command, past, facts, sealer),
        start={clock: at for clock, at in now.items() if was.get(clock) != at},
        stop=[clock for clock in was if clock not in now],
        claim=holds - held,
        free=held - holds,
    )


def write(
    store: Store,
    stream_id: str,
    key: str,
    command: Command,
    past: History[E],
    facts: Sequence[E],
    sealer: Sealer,
) -> list[Written]:
    written, tip = [], past.hash
    for version, fact in enumerate(facts, past.version + 1):
        envelope = Envelope(
            source=store.source,
            stream=stream_id,
            key=key,
            version=version,
            epoch=store.epoch,
            id=uuid7(),
            type=type(fact).__name__,
            schema_ver=fact.schema_ver(),
            at=past.now,
            actor=command.by,
            cause=command.cause or command.id,
            correlation=command.correlation,
        )
        written.append(sealed(envelope, fact, tip, sealer))
        tip = written[-1].hash
    return written


def sealed(envelope: Envelope, fact: Event, tip: bytes, sealer: Sealer) -> Written:
    data, meta = fact.written(sealer.for_fact(envelope.id)), envelope.written()
    if len(data) > MOST_BYTES:
        raise Refused("too-large", most=MOST_BYTES)
    if not meta.isascii():  # a header that is not ASCII would be lost by some readers
        raise ValueError(f"{envelope.stream}: the envelope of a fact must be ASCII")
    kind, version = envelope.type, envelope.schema_ver
    return Written(envelope.id, kind, version, data, meta, link(tip, meta, data))
