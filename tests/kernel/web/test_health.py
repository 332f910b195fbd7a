"""What a service says of itself: alive, ready, and in figures."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from kernel import clock
from kernel.read.projection import Projection
from kernel.web import health
from kernel.web.metrics import GAUGES, Gauges
from kernel.web.running import Running
from kernel.web.service import Service
from tests.kernel.city import trial_settings
from tests.kernel.conftest import OpenHouse
from tests.kernel.library.books import BuyBook, LendBook
from tests.kernel.library.services import LIBRARY
from tests.kernel.library.shelves import Shelf
from tests.kernel.local import LocalBroker
from trial.servers import Postgres

pytestmark = pytest.mark.connected
AWAY = "postgresql://nobody@127.0.0.1:1/none"
BUY = BuyBook("QA76", "Refactoring")


async def asked(running: Running, path: str) -> Any:
    app = FastAPI()
    app.include_router(health.routes(running))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://library") as client:
        return await client.get(f"/api/{running.service.name}/{path}")


async def figures(running: Running) -> dict[str, dict[str, float]]:
    """Gauge → label's value → figure, as Prometheus reads them."""
    answer = await asked(running, "metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(answer.text):
        values = {",".join(s.labels.values()): s.value for s in family.samples}
        found[family.name.removeprefix("kernel_")] = values
    return found


def unopened(url: str = AWAY, service: Service = LIBRARY) -> Running:
    return Running(service, trial_settings(service.name, url), LocalBroker())


async def test_a_service_whose_database_is_away_lives_and_is_not_ready() -> None:
    running = unopened()
    assert (await asked(running, "livez")).json() == {"alive": True}
    answer = await asked(running, "readyz")
    assert answer.status_code == 503 and answer.json()["ready"] is False
    assert answer.json()["checks"]["database"] == "ConnectionRefusedError"
    found = await figures(running)
    assert found["store_up"] == {"": 0} and found["writer_waiting"] == {"": 0}
    assert found["feed_seq"] == {}
    await running.stop()


async def test_a_database_that_hangs_makes_it_unready_soon(house: OpenHouse) -> None:
    running = (await house(LIBRARY)).running
    async with running.db.begin() as conn:
        await conn.execute(text("lock table kernel.identity in access exclusive mode"))
        async with asyncio.timeout(4):
            answer = await asked(running, "readyz")
    assert answer.status_code == 503 and answer.json()["checks"]["database"] == "TimeoutError"


async def test_an_opened_service_is_ready_with_or_without_kafka(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    deaf = await asked(library.running, "readyz")
    assert deaf.status_code == 200 and deaf.json()["ready"] is True
    assert deaf.json()["checks"]["kafka"] == "nothing is heard for: journal"
    library.running.listeners["journal"] = library.members[0]
    heard = await asked(library.running, "readyz")
    assert set(heard.json()["checks"].values()) == {"ok"}


async def test_a_service_without_its_tables_is_not_ready(
    house: OpenHouse, database: Callable[[], str]
) -> None:
    library = await house(LIBRARY)
    await library.running.db.do(text("drop schema kernel cascade"))
    answer = await asked(library.running, "readyz")
    assert answer.status_code == 503
    assert "run the migrations" in answer.json()["checks"]["database"]
    never_opened = unopened(database())
    answer = await asked(never_opened, "readyz")
    assert answer.status_code == 503 and answer.json()["checks"]["opened"] == "not yet"
    await never_opened.stop()


async def test_a_database_that_refuses_us_is_not_said_to_lack_its_tables(
    house: OpenHouse, postgres: Postgres, prefix: str
) -> None:
    """Migrations would not help."""
    library = await house(LIBRARY)
    postgres.create_role(f"{prefix}_guest", "guest")
    name = library.running.settings.database_url.rpartition("/")[2]
    guest = unopened(postgres.url(name, user=f"{prefix}_guest", password="guest"))  # noqa: S106
    assert (await health.checks(guest))["database"] == "ProgrammingError"
    await guest.stop()
    postgres.sql(f"drop role {prefix}_guest")


async def test_a_read_model_still_in_its_old_version_keeps_it_unready(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    url = library.running.settings.database_url.replace("+asyncpg", "")
    newer = Service("library", LIBRARY.handlers, [Projection(Shelf, key="book", version=2)])
    upgraded = await house(newer, url)
    answer = await asked(upgraded.running, "readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["projections"] == "not in this version yet: shelf"


async def test_figures_follow_a_fact_from_the_queue_to_the_broker(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    await library.do("1", BUY)
    found = await figures(library.running)
    assert found["store_up"] == {"": 1}
    assert (found["feed_queue_rows"], found["feed_seq"]) == ({"": 1}, {"": 0})
    await library.steps()["sequence"]()
    found = await figures(library.running)
    assert (found["feed_queue_rows"], found["feed_seq"]) == ({"": 0}, {"": 1})
    assert (found["consumer_lag_seq"], found["relay_lag_seq"]) == ({"shelf__v1": 1}, {"": 1})
    assert 0 < found["relay_oldest_seconds"][""] < 60
    await library.settle()
    found = await figures(library.running)
    assert (found["consumer_lag_seq"], found["relay_lag_seq"]) == ({"shelf__v1": 0}, {"": 0})
    assert found["relay_oldest_seconds"] == {"": 0}


async def test_what_was_only_heard_does_not_age_untold(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    await library.running.db.do(
        text(
            "insert into kernel.feed (seq, key, journal_id, sequenced_at) values (1, '1', 1, now())"
        )
    )
    found = await figures(library.running)
    assert (found["relay_lag_seq"], found["relay_oldest_seconds"]) == ({"": 1}, {"": 0})


async def test_figures_of_what_went_wrong(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    await library.do("1", BUY)
    await library.do("1", LendBook("ann"))
    await clock.move(library.running.db, timedelta(days=15))
    await library.do("2", BuyBook("QA77", "Refactoring"))
    await library.do("2", LendBook("bob"))  # due in two weeks
    for trouble in (
        "parked values ('shelf__v1', 'k', 1, 'parked', 0, now(), now(), 'x')",
        "parked values ('shelf__v1', 'k', 2, 'behind', 0, now(), now(), '')",
        "parked values ('shelf__v1', 'k', 3, 'behind', 0, now(), now(), '')",
        "inbox_guards values ('cards', 'card-1', 1, 1, 3), ('cards', 'card-2', 1, 1, 0)",
        "forks values ('cards', 'card-1', 1, 2, 3, now())",
    ):
        await library.running.db.do(text(f"insert into kernel.{trouble}"))
    found = await figures(library.running)
    assert found["parked"] == {"retrying": 0, "parked": 1, "too-new": 0, "behind": 2}
    assert (found["gaps_waiting"], found["forks"]) == ({"": 1}, {"": 1})
    assert found["clocks_overdue"] == {"": 1}


async def broken() -> None:
    raise ValueError


async def test_figures_of_this_process(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    running = library.running
    assert (await figures(running))["inbox_lag_records"] == {"journal": -1}
    running.listeners["journal"] = library.members[0]
    running.tasks["sequence"] = asyncio.create_task(broken())
    running.tasks["open"] = asyncio.create_task(asyncio.sleep(0))
    running.writer.waiting.extend([Any] * 3)  # type: ignore[list-item]
    await asyncio.sleep(0.01)
    found = await figures(running)
    assert found["inbox_lag_records"] == {"journal": 0}
    assert (found["dead_loops"], found["writer_waiting"]) == ({"": 1}, {"": 3})
    running.writer.waiting.clear()


async def test_each_figure_is_known_and_its_labels_are_names_of_ours(house: OpenHouse) -> None:
    library = await house(LIBRARY)
    await library.do("1", BUY)
    await library.settle()
    answer = await asked(library.running, "metrics")
    families = list(text_string_to_metric_families(answer.text))
    assert {f.name for f in families} == {f"kernel_{name}" for name in GAUGES}
    assert all(f.documentation and f.samples for f in families)
    labels = {value for f in families for s in f.samples for value in s.labels.values()}
    assert labels == {"shelf__v1", "journal", "retrying", "parked", "too-new", "behind"}


async def test_two_services_of_one_process_have_figures_of_their_own(house: OpenHouse) -> None:
    one, other = await house(LIBRARY), await house(LIBRARY)
    await one.do("1", BUY)
    assert (await figures(one.running))["feed_queue_rows"] == {"": 1}
    assert (await figures(other.running))["feed_queue_rows"] == {"": 0}


async def test_a_scrape_shows_each_figure_once_however_often_it_is_asked(house: OpenHouse) -> None:
    gauges = Gauges((await house(LIBRARY)).running)
    first, second = await gauges.scrape(), await gauges.scrape()
    assert first.count(b"\n") == second.count(b"\n")


async def test_health_is_no_part_of_the_public_description() -> None:
    app, running = FastAPI(), unopened()
    app.include_router(health.routes(running))
    assert app.openapi()["paths"] == {}
    await running.stop()
