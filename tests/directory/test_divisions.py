"""Lanzhou's real divisions, imported as facts (design.md 8)."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from kernel.handle import Command
from kernel.handler import service_actor
from registry.organisations import counts, named, path
from services.directory.app import DIRECTORY
from services.directory.commands import ORGANISATIONS, divisions, open_all
from services.directory.domain.organisation import CloseOrganisation, OpenOrganisation
from tests.kernel.checker import check_projection, check_store
from tests.kernel.city import House, settle, trial_settings
from tests.kernel.local import LocalBroker

pytestmark = pytest.mark.connected
TABLE = Path(__file__).parents[2] / "services/directory/data/lanzhou-divisions-2023.csv"
CUT_OFF = date(2023, 6, 30)
TODAY = date(2026, 11, 25)


def shipped() -> dict[str, OpenOrganisation]:
    with TABLE.open(encoding="utf-8") as file:
        return dict(divisions(file, CUT_OFF))


async def test_all_are_there_once_under_their_full_path(database: Callable[[], str]) -> None:
    directory = await House.open(DIRECTORY, trial_settings("directory", database()), LocalBroker())
    store, db = directory.running.store, directory.running.db
    assert await open_all(store, shipped()) == 1303
    assert await open_all(store, shipped()) == 0
    await settle(directory)
    assert await counts(db, TODAY) == {"CITY": 1, "COUNTY": 9, "TOWN": 116, "VILLAGE": 1177}
    assert await counts(db, date(2023, 6, 29)) == {}
    both = [await path(db, row.code) for row in await named(db, "城关镇", TODAY)]
    assert len(both) == 2
    assert both[0] != both[1]
    assert await path(db, "620102007005") == ["兰州市", "城关区", "白银路街道", "徐家巷社区居委会"]
    await ORGANISATIONS.carry_out(
        store,
        "620102007005",
        CloseOrganisation(date(2026, 3, 1)),
        Command(uuid4(), service_actor("directory"), uuid4()),
    )
    await settle(directory)
    asked = [await counts(db, day) for day in (date(2026, 2, 28), date(2026, 3, 1))]
    assert [found["VILLAGE"] for found in asked] == [1177, 1176]
    assert await check_store(db) + await check_projection(db, DIRECTORY.projections[0]) == []
    await directory.close()


def ending(name: str) -> str:
    kinds = ("街道", "镇", "乡", "居委会", "居民委员会", "村委会", "村民委员会")
    return next((kind for kind in kinds if name.endswith(kind)), "other")


def test_the_table_is_the_one_that_was_counted() -> None:
    orgs = shipped()
    towns = Counter(ending(o.name) for o in orgs.values() if o.level == "TOWN")
    assert (towns["街道"], towns["镇"], towns["乡"], towns["other"]) == (52, 47, 14, 3)
    names = Counter(o.name for o in orgs.values() if o.level == "VILLAGE")
    assert sum(n > 1 for n in names.values()) == 28
