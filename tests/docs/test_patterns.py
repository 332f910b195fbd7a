"""docs/patterns.md is one program: it is type checked, decided, and run on a real PostgreSQL."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import text

from kernel import clock
from kernel.decider import Call
from kernel.handle import Done
from kernel.seal.sealed import Sealed
from tests.given import given
from tests.kernel.city import LIBRARIAN, House, settle, trial_settings
from tests.kernel.local import LocalBroker

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "patterns.md"
NOW = datetime(2026, 9, 14, 18, tzinfo=UTC)
CALL = Call(LIBRARIAN, NOW)
LAX = "# mypy: disable-error-code=misc"
"""Said here and not to mypy itself: under other options it would look at the kernel anew."""


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("docs") / "cloakroom.py"
    path.write_text("\n".join([LAX, *blocks()]))
    return path


@pytest.fixture(scope="module")
def page(program: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("cloakroom", program)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["cloakroom"] = module  # row classes look their hints up there
    spec.loader.exec_module(module)
    return module


def test_the_page_is_well_typed(program: Path) -> None:
    config = ["--config-file", str(ROOT / "pyproject.toml")]
    run = [sys.executable, "-m", "mypy", *config, str(program)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_rules_of_the_page(page: Any) -> None:
    taken = page.CoatTaken(
        hook="7", remark=Sealed("coat", "wet"), fetch_by=NOW + timedelta(hours=6), pieces=1
    )
    take = page.TakeCoat("7", "wet")
    given(page.decider).when(take, CALL).then(taken)
    given(page.decider, taken).when(take, CALL).then_nothing()
    given(page.decider).when(page.FetchCoat(), CALL).then_refused("no-such-ticket")
    given(page.decider, taken).when(page.LookAround(), CALL).then_nothing()
    late = Call(LIBRARIAN, NOW + timedelta(hours=7))
    given(page.decider, taken).when(page.LookAround(), late).then(page.CoatForgotten(hook="7"))


def test_an_old_fact_is_lifted(page: Any) -> None:
    old = b'{"hook": "7", "remark": "sealed:1:coat/1:x:0:AAAA", "fetch_by": "2026-09-14T18:00:00Z"}'
    assert page.FACTS.read("CoatTaken", 1, old).pieces == 1


@pytest.mark.connected
async def test_the_page_runs(page: Any, database: Callable[[], str]) -> None:
    settings = trial_settings("cloakroom", database())
    house = await House.open(page.CLOAKROOM, settings, LocalBroker())
    assert await house.do("42", page.TakeCoat("7", "wet")) == Done("coat-42", 1)
    await clock.move(house.running.db, timedelta(hours=7))
    await settle(house)
    row = await house.running.db.one(text("select * from read.hanging"))
    assert (row.ticket, row.hook, row.forgotten) == ("42", "7", True)
    assert await house.running.keyring.open([row.remark]) == ["wet"]
    notice = text("select convert_from(data, 'utf8') as said from kernel.events where type = :type")
    assert (await house.running.db.one(notice, type="NoticeHung")).said == '{"hook":"7"}'
    await house.close()


def test_a_write_model_of_two_wishes_is_sixty_lines() -> None:
    """For scale: the decider of the page, with its wishes, state and rules."""
    block = next(b for b in blocks() if "class TakeCoat" in b)
    lines = [line for line in block.splitlines() if line.strip()]
    assert len(lines) <= 60
    assert {n.name for n in ast.parse(block).body if isinstance(n, ast.FunctionDef)} >= {
        "decide",
        "evolve",
    }
