"""Another's stream as it was heard here: for a desk that may not wait for a read model."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import text

from kernel.database import Database
from kernel.event import Event, Kinds

E = TypeVar("E", bound=Event)
HEARD = text("""
select type, schema_ver, data from kernel.journal
 where source = :source and stream_id = :stream and not waits order by epoch, version
""")


async def heard(db: Database, kinds: Kinds[E], source: str, stream_id: str) -> Sequence[E]:
    """Its facts of these kinds, in their order; what else it told is passed over."""
    rows = await db.all(HEARD, source=source, stream=stream_id)
    facts = [kinds.hear(row.type, row.schema_ver, row.data) for row in rows]
    return [fact for fact in facts if fact is not None]
