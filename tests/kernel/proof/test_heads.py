"""A head is signed when it is due, over exactly the facts in their order, and told until kept."""

import asyncio
import hashlib
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime

import orjson
import pytest
from sqlalchemy import text

from kernel.proof.heads import Damaged, heard, seal_head, tell_heads
from kernel.sequencer import LEAD
from kernel.wire.producer import Record
from tests.kernel.proof.archive import Archive, envelope, tree_hash

pytestmark = pytest.mark.connected
NOW = text("select kernel.now() as now")
SEALING = text("select pg_advisory_xact_lock(hashtext('kernel.heads.seal'))")


class Out:
    """Keeps what it is sent; it may keep only the first `most`, fail, or be slow."""

    def __init__(self) -> None:
        self.kept: list[Record] = []
        self.most = 1_000
        self.down = False
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def send(self, records: Sequence[Record]) -> int:
        await self.goes_on.wait()
        if self.down:
            raise ConnectionError("down")
        self.kept += records[: self.most]
        return min(len(records), self.most)

    async def stop(self) -> None: ...

    def sizes(self) -> list[int]:
        return [heard(record.value or b"").size for record in self.kept]


async def seal(archive: Archive) -> int:
    """As a service does, with the usual limits."""
    await archive.place()
    return await seal_head(archive.db, archive.signer)


async def later(archive: Archive, seconds: int) -> None:
    await archive.sql("delete from kernel.clock_shift")
    await archive.sql(
        "insert into kernel.clock_shift (shift) values (make_interval(secs => :s))", s=seconds
    )


async def test_without_facts_there_is_no_head(archive: Archive) -> None:
    assert await seal(archive) == 0
    assert await archive.heads() == []


async def test_the_first_facts_get_a_head_at_once(archive: Archive) -> None:
    await archive.write("book-1")
    assert await seal(archive) == 1


async def test_few_facts_wait_for_a_minute(archive: Archive) -> None:
    await archive.write("book-1")
    assert await seal(archive) == 1
    await archive.write_many("book-1", 999)
    await later(archive, 55)
    assert await seal(archive) == 0
    await later(archive, 61)
    assert await seal(archive) == 999
    await later(archive, 200)
    assert await seal(archive) == 0


async def test_a_thousand_facts_do_not_wait(archive: Archive) -> None:
    await archive.write("book-1")
    assert await seal(archive) == 1
    await archive.write_many("book-1", 1_000)
    assert await seal(archive) == 1_000


async def test_a_backlog_is_taken_in_bounded_steps(archive: Archive) -> None:
    await archive.write_many("book-1", 4_500)
    assert [await seal(archive) for _ in range(4)] == [2_000, 2_000, 0, 0]
    await later(archive, 61)
    assert await seal(archive) == 500
    assert (await archive.heads())[-1].root == tree_hash(await archive.leaves())


async def test_grown_step_by_step_it_is_the_tree_from_scratch(archive: Archive) -> None:
    for step in range(1, 7):
        await archive.write_many("book-1", step)
        await archive.write("book-2")
        await archive.seal()
    leaves, previous = await archive.leaves(), tree_hash([])
    heads = await archive.heads()
    assert [head.size for head in heads] == [2, 5, 9, 14, 20, 27]
    for head in heads:
        assert head.root == tree_hash(leaves[: head.size])
        assert head.previous == previous
        previous = head.root


async def test_what_is_signed(archive: Archive) -> None:
    await archive.write("book-1")
    head = await archive.seal()
    root = hashlib.sha256(b"\0" + (await archive.leaves())[0]).hexdigest()
    said = (
        f'{{"at":"{head.at.isoformat()}","epoch":1,"previous":"{hashlib.sha256().hexdigest()}",'
        f'"root":"{root}","size":1,"source":"library"}}'
    )
    archive.signer.public_key().verify(head.signature, said.encode())
    now = (await archive.db.one(NOW)).now
    assert 0 <= (now - head.at).total_seconds() < 60


async def test_facts_of_others_are_leaves_too(archive: Archive) -> None:
    await archive.write("book-1")
    await archive.place()
    await archive.hear(archive.arrived(envelope("card-1", 1, source="cards")))
    assert (await archive.seal()).root == tree_hash(await archive.leaves())
    assert None not in await archive.leaves()


@pytest.mark.parametrize("data", [b"what is this", b"", None])
async def test_a_record_without_envelope_is_a_leaf_by_its_bytes(
    archive: Archive, data: bytes | None
) -> None:
    await archive.hear(archive.record(data, [("who", b"?"), ("none", None)]))
    raw = orjson.dumps([["who", b"?".hex()], ["none", None]])
    said = b"\2" + len(raw).to_bytes(8, "big") + raw
    said += (-1 if data is None else len(data)).to_bytes(8, "big", signed=True) + (data or b"")
    assert (await archive.seal()).root == tree_hash([hashlib.sha256(said).digest()])


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("update kernel.feed set seq = 50 where seq = 3", "seq 3"),
        ("delete from kernel.events where version = 2", "seq 3"),
        ("update kernel.tree_heads set frontier = overlay(frontier placing 'x' from 20)", "head 2"),
        ("update kernel.tree_heads set root = sha256('')", "head 2"),
        ("delete from kernel.feed where seq > 1", "head 2"),
    ],
)
async def test_nothing_is_signed_on_top_of_damage(
    archive: Archive, damage: str, where: str
) -> None:
    await archive.write("book-1", "book-2")
    await archive.seal()
    await archive.write("book-1", "book-2")
    await archive.place()
    await archive.sql(damage)
    with pytest.raises(Damaged) as damaged:
        await archive.seal()
    assert damaged.value.args[0] == where
    assert len(await archive.heads()) == 1


async def test_two_runners_make_no_double_head(archive: Archive) -> None:
    for _ in range(10):
        await archive.write("book-1", "book-2")
        await archive.place()
        steps = [seal_head(archive.db, archive.signer, after=0) for _ in range(4)]
        assert sum(await asyncio.gather(*steps)) == 2
    assert [head.size for head in await archive.heads()] == list(range(2, 21, 2))


async def test_while_another_seals_a_runner_does_nothing(archive: Archive) -> None:
    await archive.write("book-1")
    await archive.place()
    async with archive.db.begin() as conn:
        await conn.execute(SEALING)
        assert await seal(archive) == 0
        await conn.execute(LEAD)  # the sequencer's lock is another one
    assert await seal(archive) == 1


async def heads_to_tell(archive: Archive, count: int) -> None:
    for _ in range(count):
        await archive.write("book-1")
        await archive.seal()


async def test_heads_are_told_once_and_in_order(archive: Archive) -> None:
    out = Out()
    await heads_to_tell(archive, 3)
    assert [await tell_heads(archive.db, out, "heads") for _ in range(2)] == [3, 0]
    await heads_to_tell(archive, 2)
    assert [await tell_heads(archive.db, out, "heads") for _ in range(2)] == [2, 0]
    assert out.sizes() == [1, 2, 3, 4, 5]
    assert [heard(r.value or b"") for r in out.kept] == await archive.heads()


async def test_what_a_told_head_looks_like(archive: Archive) -> None:
    out = Out()
    await heads_to_tell(archive, 1)
    await tell_heads(archive.db, out, "heads.v1")
    record, head = out.kept[0], (await archive.heads())[0]
    assert (record.topic, record.key) == ("heads.v1", "library")
    told = orjson.loads(record.value or b"")
    assert b64decode(told.pop("signature")) == head.signature
    assert orjson.dumps(told, option=orjson.OPT_SORT_KEYS) == head.signed()
    assert dict(record.headers) == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": b"library/1/1",
        "ce_source": b"/library",
        "ce_type": b"TreeHead",
        "ce_time": head.at.isoformat().encode("ascii"),
    }
    assert datetime.fromisoformat(told["at"]) == head.at


async def test_what_was_not_kept_is_told_again(archive: Archive) -> None:
    out = Out()
    await heads_to_tell(archive, 4)
    out.down = True
    with pytest.raises(ConnectionError):
        await tell_heads(archive.db, out, "heads")
    out.down, out.most = False, 3
    assert await tell_heads(archive.db, out, "heads") == 3
    assert await tell_heads(archive.db, out, "heads") == 1
    assert out.sizes() == [1, 2, 3, 4]


async def test_two_tellers_never_tell_out_of_order(archive: Archive) -> None:
    out = Out()
    await heads_to_tell(archive, 2)
    out.goes_on.clear()
    first = asyncio.create_task(tell_heads(archive.db, out, "heads"))
    await asyncio.sleep(0.2)
    await heads_to_tell(archive, 1)
    assert await asyncio.wait_for(tell_heads(archive.db, Out(), "heads"), 5) == 0
    out.goes_on.set()
    assert await first == 2
    assert await tell_heads(archive.db, out, "heads") == 1
    assert out.sizes() == [1, 2, 3]


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"root":1}', b"\xff", b"null"])
def test_what_is_no_head_is_refused(told: bytes) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        heard(told)
