"""F18 for what others told us: the journal is as provable as what we wrote ourselves."""
# ruff: noqa: S608 - the change is the test's own

import pytest

from kernel.proof.verify import Verdict
from tests.kernel.proof.archive import Archive, bad, envelope

pytestmark = pytest.mark.connected
HEARD_V2 = "where source = 'cards' and version = 2"


@pytest.fixture
async def listening(filled: Archive) -> Archive:
    """Has also heard three facts of a stream, of which its source lost and retold the last."""
    told = [envelope("card-1", version, source="cards") for version in (1, 2, 3)]
    await filled.hear(*(filled.arrived(e) for e in told[:2]))
    _, tip = filled.tips["cards", "card-1"]
    await filled.hear(filled.arrived(told[2]))
    filled.tips["cards", "card-1"] = (2, tip)
    for version in (3, 4):
        again = envelope("card-1", version, source="cards", epoch=2)
        await filled.hear(filled.arrived(again))
    await filled.hear(filled.record(b"what is this", []))
    await filled.seal()
    return filled


async def test_f18_what_was_heard_is_whole(listening: Archive) -> None:
    assert await listening.verdict() == Verdict(True, 13)
    assert await listening.verdict(stream_id="card-1") == Verdict(True, 5)
    early = envelope("card-1", 7, source="cards", epoch=2)
    await listening.hear(listening.arrived(early))  # waits for those before it
    assert await listening.verdict() == Verdict(True, 14)
    await listening.seal()
    assert await listening.verdict() == Verdict(True, 14)


@pytest.mark.parametrize(
    "change",
    [
        "data = data || ' '",
        "data = null",
        "meta = meta || ' '",
        "type = 'CardBurnt'",
        "type = null",
        "key = '2'",
        "at = at - interval '1 day'",
        "data = '1', waits = true",
    ],
)
async def test_f18_an_edited_fact_of_others(listening: Archive, change: str) -> None:
    await listening.sql(f"update kernel.journal set {change} {HEARD_V2}")
    assert await bad(listening) == "stream card-1 of cards version 2"
    assert await bad(listening, stream_id="card-1") == "stream card-1 of cards version 2"


@pytest.mark.parametrize("column", ["source", "stream_id", "epoch", "version", "meta", "hash"])
async def test_f18_a_fact_of_others_made_nameless(listening: Archive, column: str) -> None:
    await listening.sql(f"update kernel.journal set {column} = null, data = '1' where version = 4")
    assert await bad(listening) == "head 14"


async def test_f18_a_fact_of_others_moved_to_another_epoch(listening: Archive) -> None:
    await listening.sql("update kernel.journal set epoch = 5 where version = 4")
    assert await bad(listening) == "stream card-1 of cards version 4"


async def test_f18_a_fact_of_others_deleted(listening: Archive) -> None:
    await listening.sql(f"delete from kernel.journal {HEARD_V2}")
    assert await bad(listening) == "stream card-1 of cards version 2"


async def test_f18_the_last_fact_of_others_deleted(listening: Archive) -> None:
    await listening.sql("delete from kernel.journal where version = 4")
    assert await bad(listening) == "seq 13"


async def test_f18_a_place_of_others_deleted(listening: Archive) -> None:
    await listening.sql("delete from kernel.feed where seq = 10")
    assert await bad(listening) == "seq 10"


@pytest.mark.parametrize("change", ["data = 'this'", "raw_headers = '[[]]'"])
async def test_f18_an_edited_record_without_envelope(listening: Archive, change: str) -> None:
    await listening.sql(f"update kernel.journal set {change} where hash is null")
    assert await bad(listening) == "head 14"
