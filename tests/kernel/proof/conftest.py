"""An archive on a real PostgreSQL, empty or with two streams under two heads."""

import pytest

from kernel.database import Database
from tests.kernel.proof.archive import Archive


@pytest.fixture
async def archive(db: Database) -> Archive:
    return await Archive.open(db)


@pytest.fixture
async def filled(archive: Archive) -> Archive:
    """Two streams take turns: places 1 to 4 under the first head, 5 to 8 under the second."""
    for _ in range(2):
        await archive.write("book-1", "book-2", "book-1", "book-2")
        await archive.seal()
    return archive
