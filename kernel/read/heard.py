"""Another's stream as it was heard here: for a desk that may not wait for a read model."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import text

from kernel.database import Database
from kernel.event import Event, Kinds

E = TypeVar("E", bound=Event)
HEARD = text("""
select stream_id, type, schema_ver, data from kernel.journal
 where source = :source and stream_id = any(:streams) and not waits order by epoch, version
""")


async def heard(db: Database, kinds: Kinds[E], source: str, stream_id: str) -> Sequence[E]:
    """Its facts of these kinds, in their order; what else it told is passed over."""
    return (await heard_of(db, kinds, source, [stream_id]))[stream_id]


async def heard_of(
    db: Database, kinds: Kinds[E], source: str, stream_ids: Sequence[str]
) -> Mapping[str, Sequence[E]]:
    """The same of several streams; each of them is there, also when nothing was heard of it."""
    found: dict[str, list[E]] = {stream: [] for stream in stream_ids}
    for row in await db.all(HEARD, source=source, streams=list(stream_ids)):
        if (fact := kinds.hear(row.type, row.schema_ver, row.data)) is not None:
            found[row.stream_id].append(fact)
    return found
