"""A rebuild as a process of its own: python -m tests.faults.rebuilder <url> [<crash point>]."""

import asyncio
import sys

from kernel.database import Database
from kernel.read.rebuild import rebuild
from tests.faults.node import die_at
from tests.kernel.library.shelves import shelf


async def main() -> None:
    db = Database(sys.argv[1], "rebuilder", pool=3)
    if sys.argv[2]:
        die_at(db, sys.argv[2])
    await rebuild(db, shelf)
    await db.close()


if __name__ == "__main__":
    asyncio.run(main())
