"""Every fact is told, in the order of its stream, as a CloudEvent that any SDK reads."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import orjson
import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from kernel.decider import Stream
from kernel.envelope import from_headers
from tests.kernel.city import LIBRARIAN
from tests.kernel.contract.town import Town, all_of, carry_out, until
from tests.kernel.contract.wire import Said
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import LIBRARY

pytestmark = pytest.mark.connected
BOOKS = [f"00000000-0000-4000-8000-{n:012}" for n in range(5)]
ROUNDS = 4


@pytest.fixture
async def told(town: Town) -> list[Said]:
    """Five books, each bought and then lent and brought back four times."""
    library = await town.start(LIBRARY)
    for book in BOOKS:
        await carry_out(library, book, BuyBook(f"QA {book}", "Über 重构"))
    for n in range(ROUNDS):
        for book in BOOKS:
            await carry_out(library, book, LendBook(f"reader-{n}", "eselsohrig"), TakeBack())
    count = len(BOOKS) * (1 + 2 * ROUNDS)
    topic = town.topic("books.v1")

    async def all_there() -> bool:
        return len(await town.wire.told(topic)) >= count

    await until(all_there, f"{count} facts are told")
    return await town.wire.told(topic)


def events(told: Sequence[Said]) -> list[BaseCloudEvent]:
    return [
        from_binary_event(KafkaMessage(dict(said.headers), said.key, said.value or b""))  # type: ignore[arg-type]
        for said in told
    ]
