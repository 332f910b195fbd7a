"""What one batch of one partition adds to the journal: pure, and the whole rule of hearing once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from kernel.envelope import Envelope, Unreadable, from_headers


@dataclass(frozen=True, slots=True)
class Arrived:
    """One record as the broker gave it."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


Read = tuple[Arrived, tuple[Envelope, bytes] | None]


@dataclass(slots=True)
class Guard:
    """How far one stream of one source was heard; `waiting`: the last that came before its turn."""

    epoch: int = 0
    version: int = 0
    waiting: int = 0

    def row(self) -> tuple[int, int, int]:
        return self.epoch, self.version, self.waiting


Stream = tuple[str, str]
"""(source, stream id)"""
Row = tuple[object, ...]


@dataclass(slots=True)
class Page:
    """What one batch of one partition adds to the journal."""

    guards: dict[Stream, Guard]
    own: str = ""
    """Our own name: what we told ourselves on a topic that others share is known here already."""
    rows: list[Row] = field(default_factory=list)
    forks: list[dict[str, object]] = field(default_factory=list)
    moved: set[Stream] = field(default_factory=set)
    duplicates: int = 0
    gaps: int = 0
    unreadable: int = 0
    gone: int = 0
    """Records that the broker dropped before we heard them."""

    def add(self, other: "Page") -> None:
        """What another part of the same batch brought."""
        self.rows += other.rows
        self.forks += other.forks
        self.duplicates += other.duplicates
        self.gaps += other.gaps
        self.unreadable += other.unreadable
        self.gone += other.gone

    def take(self, record: Arrived, read: tuple[Envelope, bytes] | None) -> None:
        if read is None:
            self.unreadable += 1
            self.rows.append(_nameless(record))
        elif read[0].source != self.own:
            self._place(record, *read)

    def _place(self, record: Arrived, envelope: Envelope, hash_: bytes) -> None:
        stream = (envelope.source, envelope.stream)
        guard = self.guards.setdefault(stream, Guard())
        place = place_of(guard, envelope)
        if place == "duplicate":
            self.duplicates += 1
            return
        self.moved.add(stream)
        self.rows.append(_row(record, envelope, hash_, waits=place in ("gap", "stray")))
        if place == "stray":
            return
        if place == "gap":
            self.gaps += 1
            guard.waiting = max(guard.waiting, envelope.version)
            return
        if place == "fork":
            self.forks.append(_fork(guard, envelope))
        guard.epoch, guard.version = envelope.epoch, envelope.version


def place_of(guard: Guard, envelope: Envelope) -> str:
    """next, duplicate, gap; fork: its source was put back and now tells another history.

    A stray belongs to the history that was lost: it is kept, and never has its turn.
    """
    if envelope.epoch < guard.epoch:
        return "duplicate" if envelope.version <= guard.version else "stray"
    if envelope.version == guard.version + 1:
        return "next"
    if envelope.version > guard.version:
        return "gap"
    return "fork" if envelope.epoch > guard.epoch else "duplicate"


def after(next_offset: int, batch: Sequence[Read]) -> Sequence[Read]:
    """Two members may be given the same records in a rebalance: the fence lets each pass once."""
    return [(record, read) for record, read in batch if record.offset >= next_offset]


def readable(record: Arrived) -> tuple[Envelope, bytes] | None:
    try:
        return from_headers(record.headers)
    except Unreadable:
        return None


COLUMNS = """sources streams epochs versions ids types vers datas metas hashes ats
             raws offsets keys waits"""


def _row(r: Arrived, e: Envelope, hash_: bytes, waits: bool) -> Row:
    named = (e.source, e.stream, e.epoch, e.version, e.id, e.type, e.schema_ver)
    return (*named, r.value, e.written(), hash_, e.at, None, r.offset, e.key, waits)


def _nameless(r: Arrived) -> Row:
    """Kept as it came, under the key that Kafka knows: that key's facts wait for a person."""
    raw = [(name, value.hex() if value is not None else None) for name, value in r.headers]
    key = (r.key or b"").decode("ascii", "backslashreplace").replace("\0", "\\0")[:200]
    return (*[None] * 7, r.value, None, None, None, orjson.dumps(raw), r.offset, key, False)


def _fork(guard: Guard, e: Envelope) -> dict[str, object]:
    """What its source told before it was put back, and does not have any more."""
    missing = {"epoch": guard.epoch, "first": e.version, "last": guard.version}
    return {"source": e.source, "stream": e.stream, **missing}
