"""Lock files pin what is installed, and name no place to get it from."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT

ELSEWHERE = {".venv", ".tools", ".git", "node_modules"}
NAMES = ("*.lock", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
ADDRESS = re.compile(r"://|^--|\b(index|find-links)[-_ ]?url\b|@ (file|git)", re.MULTILINE)


def locks() -> list[Path]:
    found = {path for name in NAMES for path in ROOT.rglob(name)}
    return sorted(path for path in found if not ELSEWHERE.intersection(path.parts))


def pinned(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", path.read_text(), re.MULTILINE))


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def names(wanted: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0].lower() for one in wanted}


@pytest.mark.parametrize("lock", locks(), ids=lambda path: path.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert ADDRESS.findall(lock.read_text()) == []


def test_there_is_no_lock_of_uv_itself() -> None:
    assert not (ROOT / "uv.lock").exists()


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_pin_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    pins = re.split(r"\n(?=[a-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    assert [pin for pin in pins if "==" in pin and "--hash=sha256:" not in pin] == []


def test_developers_have_the_versions_that_run() -> None:
    run, dev = (pinned(ROOT / "requirements" / f"{name}.lock") for name in ("run", "dev"))
    assert {name: dev.get(name) for name in run} == run


def test_what_is_asked_for_is_pinned() -> None:
    asked = project()
    needed = asked["project"]["dependencies"] + asked["project"]["optional-dependencies"]["trial"]
    assert names(needed) <= pinned(ROOT / "requirements/run.lock").keys()
    assert names(asked["dependency-groups"]["dev"]) <= pinned(ROOT / "requirements/dev.lock").keys()
