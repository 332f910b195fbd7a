"""F1, F2, F3, F5: kill -9 at the worst moments loses nothing and does nothing twice."""

import asyncio
import random

import pytest

from tests.faults import scale
from tests.faults.load import Load
from tests.faults.stage import Stage

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


async def test_f1_the_api_is_killed_between_send_and_reply(stage: Stage) -> None:
    chance = random.Random(1)  # noqa: S311
    library, load = stage.node("library"), Load([0], clients=8)
    async with library, stage.node("cards"), stage.node("post"):
        load.ports = [library.port]
        asking = asyncio.create_task(load.run(3600))
        for _ in range(scale(10, 50)):
            await library.up()
            await asyncio.sleep(0.3 + chance.random())
            library.kill()
        await library.up()
        load.stopping = True
        await asking
        assert load.unanswered, "no client ever waited in vain: the kills came at no bad moment"
        await stage.whole(load.acked)


SEQUENCER = {
    "after it leads, before it takes": "with last as,before,3",
    "after it took, before the commit": "with last as,after,3",
    "at a commit": "commit,before,9",
    "before it looks again": "pg_try_advisory_xact_lock,before,9",
}
RELAY = {"told, and the cursor not moved": "set seq = :upto,before,2"}
INBOX = {
    "in the middle of a batch": "insert into kernel.journal,after,2",
    "written, and Kafka not told": "insert into kernel.inbox_offsets,before,3",
}
NAMED = {"MAZHA_LIBRARY_MEMBER": "one"}
"""Kafka then knows it again at once; a nameless one is first missed for a whole session."""


@pytest.mark.parametrize("where", SEQUENCER.values(), ids=SEQUENCER)
async def test_f2_the_sequencer_is_killed(stage: Stage, where: str) -> None:
    await dies_and_recovers(stage, "library", where, **NAMED)


@pytest.mark.parametrize("where", RELAY.values(), ids=RELAY)
async def test_f3_the_relay_is_killed_after_it_told(stage: Stage, where: str) -> None:
    await dies_and_recovers(stage, "library", where.replace(":upto", "$"), **NAMED)


@pytest.mark.parametrize("where", INBOX.values(), ids=INBOX)
async def test_f5_the_consumer_is_killed(stage: Stage, where: str) -> None:
    await dies_and_recovers(stage, "cards", where)


async def dies_and_recovers(stage: Stage, service: str, where: str, **extra: str) -> None:
    """A node that dies at `where`, beside a load that does not let go."""
    others = [stage.node(name) for name in ("library", "cards", "post") if name != service]
    node = stage.node(service, **extra)
    for other in others:
        await other.up()
    library = node if service == "library" else others[0]
    load = Load([library.port], clients=4)
    asking = asyncio.create_task(load.run(3600))
    for _ in range(scale(1, 10)):
        node.start(MAZHA_DIE=where)
        await until_gone(node)
    await node.up()
    load.stopping = True
    await asking
    await stage.whole(load.acked)


async def until_gone(node: object) -> None:
    from tests.faults.nodes import Node, until

    assert isinstance(node, Node)
    await until(node.is_gone, 60, f"{node.service} never came to its crash point: {node.log}")
    node.kill()
