"""A wish over HTTP meets a real store: what is answered is what was kept."""

from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from httpx2 import AsyncClient
from sqlalchemy import text

from kernel.clock import tick_id
from kernel.migrations.install import install
from kernel.web.running import Running
from tests.kernel.city import async_url, trial_settings
from tests.kernel.conftest import OpenHouse
from tests.kernel.library.services import LIBRARY
from tests.kernel.local import LocalBroker
from tests.kernel.web.desk import BASE, BUY, before, once, problem
from trial.servers import Postgres

pytestmark = pytest.mark.connected
FACTS = text("select type, convert_from(meta, 'utf8')::jsonb as meta from kernel.events order by 1")


async def ask(
    client: AsyncClient, wish: str, body: object, headers: dict[str, str] | None = None
) -> Any:
    return await client.post(f"{BASE}/1/{wish}", json=body, headers=headers or once())


async def test_an_answer_names_what_was_reached(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    async with before(library.running) as client:
        answer = await ask(client, "buy-book", BUY)
        assert (answer.status_code, answer.json()) == (200, {"id": "1", "version": 1})
        assert answer.headers["etag"] == '"1"' and "idempotent-replayed" not in answer.headers
        seen = once(if_match=answer.headers["etag"])
        assert (await ask(client, "lend-book", {"reader": "ann"}, seen)).json()["version"] == 2


async def test_a_double_tap_is_one_command_and_says_so(house: OpenHouse) -> None:
    library, tap = await house(LIBRARY), once()
    async with before(library.running) as client:
        await ask(client, "buy-book", BUY)
        first = await ask(client, "lend-book", {"reader": "ann"}, tap)
        again = await ask(client, "lend-book", {"reader": "ann"}, tap)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    assert [row.type for row in await library.running.db.all(FACTS)] == ["BookBought", "BookLent"]


async def test_a_key_used_for_another_wish_is_refused(house: OpenHouse) -> None:
    library, tap = await house(LIBRARY), once()
    async with before(library.running) as client:
        await ask(client, "buy-book", BUY, tap)
        for wish, body in (("buy-book", {**BUY, "title": "x"}), ("take-back", {})):
            answer = await ask(client, wish, body, tap)
            assert problem(answer) == (422, "key-reused")
    assert len(await library.running.db.all(FACTS)) == 1


async def test_keys_belong_to_their_caller(house: OpenHouse) -> None:
    """Neither another person nor a clock finds its command's id used up."""
    library, tap = await house(LIBRARY), uuid4()
    async with before(library.running) as client:
        await ask(client, "buy-book", BUY, once(tap))
        other = await ask(client, "take-back", {}, once(tap, x_badge="8"))
        due = tick_id("book-1", "due", "2026-05-18")
        await ask(client, "lend-book", {"reader": "ann"}, once(due))
    assert other.status_code == 200
    ids = await library.running.db.all(text("select command_id from kernel.commands"))
    assert due not in [row.command_id for row in ids]


async def test_a_fact_carries_who_asked_and_the_correlation(house: OpenHouse) -> None:
    library, correlation = await house(LIBRARY), str(uuid4())
    tap, badge = uuid4(), UUID(int=9)
    async with before(library.running) as client:
        named = once(tap, x_correlation_id=correlation, x_badge="9")
        await ask(client, "buy-book", BUY, named)
    [fact] = await library.running.db.all(FACTS)
    assert fact.meta["correlation"] == correlation
    assert fact.meta["cause"] == str(uuid5(badge, str(tap)))
    assert fact.meta["actor"]["id"] == str(badge)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "您看到的已不是最新内容，请刷新后再试。"),
        ("en", "What you see is no longer the latest"),
    ],
)
async def test_an_old_screen_is_told_so_in_words(
    house: OpenHouse, language: str, words: str
) -> None:
    library = await house(LIBRARY)
    async with before(library.running) as client:
        await ask(client, "buy-book", BUY)
        old = once(if_match='W/"7"', accept_language=language)
        answer = await ask(client, "lend-book", {"reader": "ann"}, old)
        assert problem(answer) == (412, "screen-is-old")
        assert answer.headers["etag"] == '"1"' and answer.json()["values"] == {"version": 1}
        assert words in answer.json()["detail"]
        anyhow = await ask(client, "lend-book", {"reader": "ann"}, once(if_match="*"))
        assert anyhow.status_code == 200


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "这本书已借出，20"), ("en", "This book is out until 20")]
)
async def test_a_refusal_is_in_the_words_of_the_trade(
    house: OpenHouse, language: str, words: str
) -> None:
    library = await house(LIBRARY)
    async with before(library.running) as client:
        await ask(client, "buy-book", BUY)
        await ask(client, "lend-book", {"reader": "ann"})
        answer = await ask(client, "lend-book", {"reader": "bob"}, once(accept_language=language))
    assert problem(answer) == (409, "lent-already")
    assert answer.json()["detail"].startswith(words)
    assert answer.json()["values"]["until"].startswith("20")


async def test_a_value_that_another_holds_is_refused(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    async with before(library.running) as client:
        await ask(client, "buy-book", BUY)
        answer = await client.post(f"{BASE}/2/buy-book", json=BUY, headers=once())
    assert problem(answer) == (409, "already-taken")


async def test_who_may_not_changes_nothing(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    async with before(library.running) as client:
        answer = await ask(client, "buy-book", BUY, once(x_badge="guest"))
    assert problem(answer) == (403, "forbidden")
    assert await library.running.db.all(FACTS) == []


async def test_a_store_that_is_away_acknowledges_nothing_and_the_retry_is_the_first(
    own_postgres: Postgres,
) -> None:
    own_postgres.create_database("library")
    url = own_postgres.url("library")
    await install(async_url(url))
    running = Running(LIBRARY, trial_settings("library", url), LocalBroker())
    await running.open()
    tap = once()
    async with before(running) as client:
        own_postgres.kill()
        for _ in range(2):  # a connection that broke, then none at all
            answer = await ask(client, "buy-book", BUY, tap)
            assert problem(answer) == (503, "store-away")
            assert "etag" not in answer.headers and "id" not in answer.json()
        own_postgres.start()
        answer = await ask(client, "buy-book", BUY, tap)
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert "idempotent-replayed" not in answer.headers
    await running.stop()


async def test_a_service_whose_store_never_answered_says_to_come_again() -> None:
    settings = trial_settings("library", "postgresql://nobody@127.0.0.1:1/none")
    running = Running(LIBRARY, settings, LocalBroker())
    async with before(running) as client:
        answer = await ask(client, "buy-book", BUY)
    assert problem(answer) == (503, "busy") and answer.headers["retry-after"]
    await running.stop()
