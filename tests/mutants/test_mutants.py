"""Each mutant is put into a copy of the kernel, and the named test must fail on it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.mutants.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
COPIED = ("kernel", "contracts", "skin", "services", "trial", "tests", "pyproject.toml")
LEAST = {"MAZHA_FAULTS": "least"}
pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(mutant: Mutant, tmp_path: Path) -> None:
    copy(tmp_path)
    mutate(tmp_path, mutant)
    done = run(tmp_path, mutant)
    assert done.returncode == 1, f"it lived:\n{done.stdout[-3000:]}"
    assert re.search(r"\d+ failed", done.stdout), done.stdout[-3000:]
    assert "ImportError" not in done.stdout, done.stdout[-3000:]


def copy(to: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to / name)


def mutate(tree: Path, mutant: Mutant) -> None:
    path = tree / mutant.file
    text = path.read_text()
    assert text.count(mutant.was) == 1, f"{mutant.file} has changed: renew this mutant"
    path.write_text(text.replace(mutant.was, mutant.becomes))


def run(tree: Path, mutant: Mutant) -> "subprocess.CompletedProcess[str]":
    """On the servers of this run, in databases and topics of its own."""
    known = {k: v for k, v in os.environ.items() if not k.startswith(("MAZHA_", "PYTEST_"))}
    own = {servers.RUN: os.environ[servers.RUN], "MAZHA_SEEDS": mutant.seeds, **LEAST}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, mutant.caught_by],
        cwd=tree,
        env={**known, **own, "PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=500,
    )
