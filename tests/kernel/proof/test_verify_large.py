"""F18 in long histories, read page by page; and in a store that goes on meanwhile."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
import pytest
from sqlalchemy import Row, TextClause

from kernel.database import Database
from kernel.proof.verify import Verdict, verify
from tests.kernel.proof.archive import Archive, bad

pytestmark = pytest.mark.connected


@pytest.mark.parametrize("version", [1, 500, 501, 1_000, 1_001, 1_200])
async def test_f18_any_place_of_a_long_stream(archive: Archive, version: int) -> None:
    await archive.write("book-1")
    await archive.write_many("book-2", 1_200)
    await archive.write("book-3")
    await archive.seal()
    assert await archive.verdict() == Verdict(True, 1_202)
    await archive.sql(
        "update kernel.events set data = '' where stream_id = 'book-2' and version = :version",
        version=version,
    )
    assert await bad(archive) == f"stream book-2 version {version}"
    assert await bad(archive, stream_id="book-2") == f"stream book-2 version {version}"


@pytest.mark.parametrize("seq", [1, 500, 501, 1_000, 1_001])
async def test_f18_any_place_of_a_long_order(archive: Archive, seq: int) -> None:
    await archive.hear(*(archive.record(orjson.dumps(n), []) for n in range(1_002)))
    await archive.seal()
    assert await bad(archive) is None
    await archive.sql("update kernel.feed set seq = -seq where seq = :seq", seq=seq)
    assert await bad(archive) == f"seq {seq}"


class AtWork(Database):
    """After some statements of the verifier, counted from 0, its store goes on."""

    archive: Archive
    asked = 0
    moments: Collection[int] = ()

    async def all(self, sql: TextClause, **values: object) -> Sequence[Row[Any]]:
        rows = await super().all(sql, **values)
        if self.asked in self.moments:
            await self.archive.write("book-0", "book-1", "book-9")
            await self.archive.seal()
            await self.archive.write("book-0", "book-1", "book-9")
        self.asked += 1
        return rows


@pytest.mark.parametrize("stream", [None, "book-1"])
async def test_a_store_at_work_is_never_called_bad(filled: Archive, stream: str | None) -> None:
    db = AtWork(filled.db.engine.url.render_as_string(hide_password=False), pool=2)
    db.archive = filled
    try:
        for moments in [range(12), *([n] for n in range(8))]:
            db.asked, db.moments = 0, moments
            verdict = await verify(db, filled.signer.public_key(), stream_id=stream)
            assert verdict.ok, verdict
    finally:
        await db.close()
