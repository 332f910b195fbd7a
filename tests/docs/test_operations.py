"""docs/operations.md names every setting, command and gauge."""

import re

from kernel.web.metrics import GAUGES
from registry.settings import CitySettings
from services.notify.settings import SmsSettings
from tests.docs.operations import PAGE, with_tables


def test_its_tables_are_up_to_date() -> None:
    page = PAGE.read_text()
    assert page == with_tables(page), "run `make docs`"


def test_every_setting_is_there_with_a_meaning() -> None:
    said = dict(re.findall(r"^\| `(MAZHA_[A-Z_<>]+)` \|[^|]+\| (.*) \|$", PAGE.read_text(), re.M))
    count = len(CitySettings.model_fields) + len(SmsSettings.model_fields)
    assert len(said) == count
    assert [name for name, meaning in said.items() if meaning in ("", "None")] == []


def test_what_is_watched_is_measured() -> None:
    signs = re.findall(r"^\| `kernel_(\w+)", PAGE.read_text(), re.M)
    assert set(signs) - GAUGES.keys() == set()
    assert {"store_up", "parked", "relay_oldest_seconds"} <= set(signs)


def test_every_command_that_it_runs_is_one() -> None:
    page = PAGE.read_text()
    run = set(re.findall(r"^mazha (\w+)", page, re.M))
    assert run == {"keys", "migrate", "topics", "found", "serve"}
    assert run <= set(re.findall(r"^\| `mazha (\w+)", page, re.M))
