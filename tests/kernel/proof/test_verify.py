"""F18: whoever changes a store is found out, and the verifier names where it was first changed."""
# ruff: noqa: S608 - the change is the test's own

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kernel.proof.heads import Head
from kernel.proof.merkle import EMPTY
from kernel.proof.verify import Verdict
from tests.kernel.proof.archive import Archive, bad, tree_hash

pytestmark = pytest.mark.connected

BOOK_1_V3 = "where stream_id = 'book-1' and version = 3"
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(32))


async def sign_anew(archive: Archive, signer: Ed25519PrivateKey) -> None:
    """Every head again, so that it fits the facts as they are now."""
    leaves, previous = await archive.leaves(), EMPTY
    for head in await archive.heads():
        fits = replace(head, root=tree_hash(leaves[: head.size]), previous=previous)
        await put(archive, replace(fits, signature=signer.sign(fits.signed())))
        previous = fits.root


async def put(archive: Archive, head: Head) -> None:
    await archive.sql(
        "update kernel.tree_heads set root = :root, previous = :previous, epoch = :epoch, "
        "signature = :signature where size = :size",
        **{n: getattr(head, n) for n in ("root", "previous", "epoch", "signature", "size")},
    )


async def test_f18_an_honest_store_is_whole(filled: Archive) -> None:
    heads = await filled.heads()
    assert await filled.verdict() == Verdict(True, 8)
    assert await filled.verdict(witnessed=heads) == Verdict(True, 8)
    await filled.write("book-1", "book-3")  # still in the queue
    assert await filled.verdict(witnessed=heads) == Verdict(True, 10)
    await filled.place()  # and under no head yet
    assert await filled.verdict(witnessed=heads) == Verdict(True, 10)
    assert await filled.verdict(stream_id="book-1") == Verdict(True, 5)
    assert await filled.verdict(stream_id="book-9") == Verdict(True, 0)


async def test_f18_an_empty_store_is_whole(archive: Archive) -> None:
    assert await archive.verdict() == Verdict(True, 0)


@pytest.mark.parametrize(
    "change",
    [
        "data = data || ' '",
        "meta = meta || ' '",
        "data = substr(data, 2), meta = meta || substr(data, 1, 1)",
        "hash = sha256(hash)",
        "type = 'BookBurnt'",
        "schema_ver = 2",
        "event_id = gen_random_uuid()",
        "at = at + interval '1 microsecond'",
    ],
)
async def test_f18_an_edited_fact(filled: Archive, change: str) -> None:
    await filled.sql(f"update kernel.events set {change} {BOOK_1_V3}")
    verdict = await filled.verdict()
    assert (verdict.first_bad, verdict.checked_facts) == ("stream book-1 version 3", 2)
    assert await bad(filled, stream_id="book-1") == "stream book-1 version 3"
    assert await bad(filled, stream_id="book-2") is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("source", "archive"),
        ("stream", "book-2"),
        ("version", 7),
        ("id", "00000000-0000-0000-0000-000000000001"),
        ("type", "BookBurnt"),
        ("schema_ver", 2),
        ("at", "2020-01-01T00:00:00+00:00"),
        ("key", "2"),
    ],
)
async def test_f18_an_envelope_that_says_another_thing_than_its_row(
    filled: Archive, name: str, said: object
) -> None:
    await filled.rewrite("book-1", 3, b"{}", {name: said})
    verdict = await filled.verdict()
    assert verdict.first_bad == "stream book-1 version 3"
    assert name in verdict.why


async def test_f18_an_envelope_that_says_nothing(filled: Archive) -> None:
    await filled.rewrite("book-1", 3, b"{}", {"actor": "nobody"})
    assert await bad(filled) == "stream book-1 version 3"


@pytest.mark.parametrize("place_too", [False, True])
async def test_f18_a_fact_deleted_in_the_middle(filled: Archive, place_too: bool) -> None:
    await filled.sql(f"delete from kernel.events {BOOK_1_V3}")
    if place_too:
        await filled.sql(f"delete from kernel.feed {BOOK_1_V3}")
    assert await bad(filled) == "stream book-1 version 3"
    assert await bad(filled, stream_id="book-1") == "stream book-1 version 3"


async def test_f18_a_fact_deleted_and_its_neighbours_linked(filled: Archive) -> None:
    await filled.sql(f"delete from kernel.events {BOOK_1_V3}")
    await filled.rewrite("book-1", 4, b"{}")
    assert await bad(filled) == "stream book-1 version 3"


async def test_f18_a_stream_cut_short(filled: Archive) -> None:
    await filled.sql("delete from kernel.events where stream_id = 'book-1' and version > 2")
    assert await bad(filled) == "seq 5"
    assert await bad(filled, stream_id="book-1") == "stream book-1 version 3"


async def test_f18_a_whole_stream_deleted(filled: Archive) -> None:
    await filled.sql("delete from kernel.events where stream_id = 'book-1'")
    assert await bad(filled) == "seq 1"
    assert await bad(filled, stream_id="book-1") == "stream book-1 version 1"


async def test_f18_a_stream_and_its_places_deleted(filled: Archive) -> None:
    for table in ("events", "feed"):
        await filled.sql(f"delete from kernel.{table} where stream_id = 'book-1'")
    assert await bad(filled) == "seq 1"


async def test_f18_a_fact_without_a_place(filled: Archive) -> None:
    await filled.sql("delete from kernel.feed where seq = 6")
    assert await bad(filled) == "stream book-2 version 3"
    assert (await filled.verdict()).why == "has 0 places in the order"


async def test_f18_a_fact_with_two_places(filled: Archive) -> None:
    await filled.sql(
        "insert into kernel.feed_queue (key, stream_id, version) values ('1', 'book-1', 3)"
    )
    assert await bad(filled) == "stream book-1 version 3"
    await filled.sql("drop index kernel.feed_own")
    await filled.place()
    assert await bad(filled) == "stream book-1 version 3"


async def test_f18_a_place_under_another_key(filled: Archive) -> None:
    await filled.sql("update kernel.feed set key = '2' where seq = 5")
    assert await bad(filled) == "stream book-1 version 3"


async def swap(archive: Archive, one: int, other: int) -> None:
    for old, new in ((one, -1), (other, one), (-1, other)):
        await archive.sql("update kernel.feed set seq = :new where seq = :old", old=old, new=new)


async def test_f18_places_of_one_stream_swapped(filled: Archive) -> None:
    await swap(filled, 3, 5)
    assert await bad(filled) == "stream book-1 version 3"


async def test_f18_places_of_two_streams_swapped(filled: Archive) -> None:
    await swap(filled, 5, 6)
    assert await bad(filled) == "head 8"
    await swap(filled, 1, 2)
    assert await bad(filled) == "head 4"


async def test_f18_a_hole_in_the_order(filled: Archive) -> None:
    await filled.sql("update kernel.feed set seq = seq + 1 where seq = 8")
    assert await bad(filled) == "seq 8"


@pytest.mark.parametrize("first", [0, -7])
async def test_f18_a_place_before_the_first(filled: Archive, first: int) -> None:
    await filled.write("book-3")
    await filled.place()
    await filled.sql("update kernel.feed set seq = :first where seq = 9", first=first)
    assert await bad(filled) == "stream book-3 version 1"


async def cut_the_tail(archive: Archive, left: int) -> None:
    await archive.sql(
        "delete from kernel.events e using kernel.feed f "
        "where (f.stream_id, f.version) = (e.stream_id, e.version) and f.seq > :left",
        left=left,
    )
    await archive.sql("delete from kernel.feed where seq > :left", left=left)


@pytest.mark.parametrize("left", [7, 4, 0])
async def test_f18_the_tail_cut_off(filled: Archive, left: int) -> None:
    await cut_the_tail(filled, left)
    assert await bad(filled) == ("head 8" if left >= 4 else "head 4")


async def test_f18_the_tail_cut_off_with_its_heads(filled: Archive) -> None:
    witnessed = await filled.heads()
    await cut_the_tail(filled, 4)
    await filled.sql("delete from kernel.tree_heads where size > 4")
    assert await bad(filled) is None  # alone, a store cannot know what it lost
    assert await bad(filled, witnessed=witnessed[:1]) is None
    assert await bad(filled, witnessed=witnessed) == "head 8"
    await filled.write("book-1", "book-2", "book-1", "book-2")
    assert await bad(filled, witnessed=witnessed) == "head 8"


async def test_f18_a_stream_rewritten_with_its_hashes(filled: Archive) -> None:
    await filled.rewrite("book-1", 3, b"{}")
    assert await bad(filled) == "head 8"
    await filled.rewrite("book-1", 2, b"{}")
    assert await bad(filled) == "head 4"


async def test_f18_a_stream_rewritten_with_hashes_and_heads(filled: Archive) -> None:
    await filled.rewrite("book-1", 3, b"{}")
    await sign_anew(filled, FORGER)
    assert await bad(filled) == "head 4"
    assert (await filled.verdict()).why == "has no valid signature"


async def test_f18_a_stream_rewritten_by_who_holds_the_key(filled: Archive) -> None:
    witnessed = await filled.heads()
    await filled.rewrite("book-1", 3, b"{}")
    await sign_anew(filled, filled.signer)
    assert await bad(filled) is None  # alone, a store cannot know that it was another
    assert await bad(filled, witnessed=witnessed[:1]) is None
    assert await bad(filled, witnessed=reversed(witnessed)) == "head 8"


async def test_f18_a_stream_rewritten_and_the_heads_deleted(filled: Archive) -> None:
    witnessed = await filled.heads()
    await filled.rewrite("book-1", 1, b"{}")
    await filled.sql("delete from kernel.tree_heads")
    assert await bad(filled) is None
    assert await bad(filled, witnessed=witnessed) == "head 4"


async def test_f18_a_witness_of_nothing_hides_no_other(filled: Archive) -> None:
    witnessed = await filled.heads()
    await cut_the_tail(filled, 4)
    await filled.sql("delete from kernel.tree_heads where size > 4")
    nothing = replace(witnessed[0], size=0)
    assert await bad(filled, witnessed=[nothing, *witnessed]) == "head 0"
    assert (await filled.verdict(witnessed=[nothing])).why == "has no valid signature"


async def test_f18_a_witness_of_another_signer(filled: Archive) -> None:
    head = (await filled.heads())[0]
    forged = replace(head, signature=FORGER.sign(head.signed()))
    assert await bad(filled, witnessed=[forged]) == "head 4"


async def test_f18_a_head_taken_out(filled: Archive) -> None:
    await filled.sql("delete from kernel.tree_heads where size = 4")
    assert await bad(filled) == "head 8"


async def test_f18_a_head_that_does_not_follow(filled: Archive) -> None:
    first, second = await filled.heads()
    other = replace(second, previous=EMPTY)
    await put(filled, replace(other, signature=filled.signer.sign(other.signed())))
    assert await bad(filled) == "head 8"
    assert first.previous == EMPTY


async def test_f18_an_epoch_that_falls(filled: Archive) -> None:
    for head, epoch in zip(await filled.heads(), (3, 2), strict=True):
        other = replace(head, epoch=epoch)
        await put(filled, replace(other, signature=filled.signer.sign(other.signed())))
    assert await bad(filled) == "head 8"


@pytest.mark.parametrize(
    "change",
    [
        "root = sha256(root)",
        "epoch = epoch + 1",
        "at = at + interval '1 microsecond'",
        "previous = sha256(previous)",
        "signature = sha256(signature)",
    ],
)
async def test_f18_an_edited_head(filled: Archive, change: str) -> None:
    await filled.sql(f"update kernel.tree_heads set {change} where size = 4")
    assert await bad(filled) == "head 4"


async def test_f18_a_store_under_another_name(filled: Archive) -> None:
    await filled.sql("update kernel.identity set source = 'archive'")
    assert await bad(filled) == "stream book-1 version 1"
    await filled.sql("delete from kernel.identity")
    assert await bad(filled) == "stream book-1 version 1"
