"""The envelope of a fact: stored beside it, hashed with it, and told as CloudEvents headers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from kernel.decider import Actor


@dataclass(frozen=True, slots=True)
class Envelope:
    source: str  # the service that wrote it
    stream: str
    key: str  # the subject's id: one key, one partition, one order
    version: int
    epoch: int  # raised whenever the source was put back to a backup
    id: UUID
    type: str
    schema_ver: int
    at: datetime
    actor: Actor
    cause: UUID  # the command, or the fact that a reaction answered
    correlation: UUID

    def written(self) -> bytes:
        return orjson.dumps(self, default=str)  # asyncpg's UUID is a subclass of the usual


ENVELOPE = TypeAdapter(Envelope)


class Unreadable(ValueError):
    """These headers are not the envelope of a fact."""


class About:
    """What a fold and a reaction see of the envelope. Parsed only when asked: most folds do not."""

    __slots__ = ("_envelope", "at", "id", "key", "meta", "seq", "source", "stream", "version")

    def __init__(
        self,
        seq: int,
        source: str,
        stream: str,
        version: int,
        key: str,
        id: UUID,
        at: datetime,
        meta: bytes,
    ) -> None:
        self.seq, self.source, self.stream, self.version = seq, source, stream, version
        self.key, self.id, self.at, self.meta = key, id, at, meta
        self._envelope: Envelope | None = None

    @property
    def envelope(self) -> Envelope:
        if self._envelope is None:
            self._envelope = ENVELOPE.validate_json(self.meta)
        return self._envelope

    @property
    def actor(self) -> Actor:
        return self.envelope.actor


Headers = list[tuple[str, bytes]]
PREFIX = "ce_"
MOST_NAME, MOST_NUMBER, MOST_SCHEMA = 200, 2**31, 2**15


def to_headers(meta: bytes, hash_: bytes) -> Headers:
    """CloudEvents 1.0, Kafka binding, binary mode; ASCII only. Literals, for it is a hot path."""
    raw = orjson.loads(meta)
    actor = raw["actor"]
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", raw["id"].encode()),
        ("ce_source", b"/" + raw["source"].encode()),
        ("ce_type", raw["type"].encode()),
        ("ce_subject", raw["stream"].encode()),
        ("ce_time", raw["at"].encode()),
        ("ce_partitionkey", raw["key"].encode()),
        ("ce_sequence", b"%d" % raw["version"]),
        ("ce_schemaver", b"%d" % raw["schema_ver"]),
        ("ce_epoch", b"%d" % raw["epoch"]),
        ("ce_correlationid", raw["correlation"].encode()),
        ("ce_causationid", raw["cause"].encode()),
        ("ce_actorid", actor["id"].encode()),
        ("ce_hash", hash_.hex().encode()),
    ]
    told = (("ce_actorrole", "role"), ("ce_actororg", "org"), ("ce_actorseat", "seat"))
    headers += [(name, actor[part].encode()) for name, part in told if actor[part]]
    return headers


def from_headers(headers: Iterable[tuple[str, bytes | None]]) -> tuple[Envelope, bytes]:
    """The envelope and the chain's hash, or Unreadable and why."""
    try:
        told = ((name, value) for name, value in headers if value and name.startswith(PREFIX))
        given = {name: value.decode("ascii") for name, value in told}
        return checked(_envelope(given)), bytes.fromhex(given["ce_hash"])
    except (KeyError, ValueError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from None


def checked(envelope: Envelope) -> Envelope:
    """Nothing that a column or an index would refuse: one stranger must not stop a partition."""
    names = (envelope.source, envelope.stream, envelope.key, envelope.type)
    if not all(0 < len(name) <= MOST_NAME and name.isprintable() for name in names):
        raise ValueError("a name is empty, too long or not printable")
    numbers = (envelope.version, envelope.epoch, envelope.schema_ver)
    if not all(0 < n < MOST_NUMBER for n in numbers) or envelope.schema_ver >= MOST_SCHEMA:
        raise ValueError("a number is out of range")
    if envelope.at.tzinfo is None:
        raise ValueError("its time has no offset")
    return envelope


def _envelope(given: Mapping[str, str]) -> Envelope:
    seat = given.get("ce_actorseat")
    actor = Actor(
        UUID(given["ce_actorid"]),
        given.get("ce_actorrole", ""),
        given.get("ce_actororg", ""),
        UUID(seat) if seat else None,
    )
    return Envelope(
        source=given["ce_source"].removeprefix("/"),
        stream=given["ce_subject"],
        key=given["ce_partitionkey"],
        version=int(given["ce_sequence"]),
        epoch=int(given["ce_epoch"]),
        id=UUID(given["ce_id"]),
        type=given["ce_type"],
        schema_ver=int(given["ce_schemaver"]),
        at=datetime.fromisoformat(given["ce_time"]),
        actor=actor,
        cause=UUID(given["ce_causationid"]),
        correlation=UUID(given["ce_correlationid"]),
    )
