"""Who may import whom: each contract holds, and each is seen to break when it is broken."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT

LINT = Path(sys.executable).with_name("lint-imports")

LAYERS = "services speak contracts; contracts rest on the kernel"
APART = "no service imports another"
ROOMS = "the same rooms in every service"
DOMAIN = "the domain knows no machinery"
CORE = "the kernel's core knows no web"
WRITE_SIDE = "the kernel's write side knows neither wire nor readers"
SIDES = "wire and readers do not know each other"
KAFKA = "only the wire speaks to Kafka"

# What to add to the tree, one module a line, and which contract then says no.
BREAKS = [
    (LAYERS, {"kernel/added": "import contracts"}),
    (LAYERS, {"kernel/added": "import trial"}),
    (LAYERS, {"contracts/added": "import skin"}),
    (LAYERS, {"contracts/added": "import services.intake"}),
    (LAYERS, {"skin/added": "from services import audit"}),
    (LAYERS, {"registry/added": "import skin"}),
    (LAYERS, {"registry/added": "import services.directory"}),
    (LAYERS, {"contracts/added": "import registry"}),
    (LAYERS, {"services/notify/added": "import trial.servers"}),
    (APART, {"services/intake/added": "from services import routing"}),
    (APART, {"services/audit/added": "import services.notify.api", "services/notify/api": ""}),
    (
        ROOMS,
        {
            "services/audit/domain": "from services.audit import commands",
            "services/audit/commands": "",
        },
    ),
    (
        ROOMS,
        {"services/intake/commands": "from .. import reactions", "services/intake/reactions": ""},
    ),
    (ROOMS, {"services/intake/projections": "from .. import api", "services/intake/api": ""}),
    (
        ROOMS,
        {
            "services/audit/projections": "from services.audit import commands",
            "services/audit/commands": "",
        },
    ),
    (ROOMS, {"services/intake/pages": "from .. import api", "services/intake/api": ""}),
    (ROOMS, {"services/intake/api": "from . import app", "services/intake/app": ""}),
    (DOMAIN, {"services/intake/domain": "import sqlalchemy.ext.asyncio"}),
    (
        DOMAIN,
        {
            "services/audit/domain": "from services.audit import added",
            "services/audit/added": "import time",
        },
    ),
    (DOMAIN, {"contracts/added": "import os"}),
    (CORE, {"kernel/added": "from kernel import web"}),
    (CORE, {"kernel/seal/added": "import kernel.web"}),
    (WRITE_SIDE, {"kernel/epoch": "import kernel.wire"}),
    (WRITE_SIDE, {"kernel/sequencer": "import kernel.read"}),
    (SIDES, {"kernel/read/added": "import kernel.wire"}),
    (SIDES, {"kernel/wire/added": "import kernel.read"}),
    (KAFKA, {"kernel/web/added": "import faststream"}),
    (KAFKA, {"kernel/read/added": "import aiokafka"}),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken(root: Path) -> set[str]:
    command = [str(LINT), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert re.search(r"Contracts: \d+ kept, \d+ broken", said), said
    names = set(re.findall(r"^(.+) BROKEN", said, re.MULTILINE))
    assert bool(names) == bool(done.returncode), said
    return names


def add(root: Path, module: str, line: str) -> None:
    """A room that exists stays what it is, a module or a package."""
    package = root / module / "__init__.py"
    path = package if package.exists() else root / f"{module}.py"
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def test_the_contracts_hold(copy: Path) -> None:
    assert broken(copy) == set()


def test_a_domain_may_hold_sealed_texts(copy: Path) -> None:
    add(copy, "services/intake/domain", "from kernel.seal.sealed import Sealed")
    add(copy, "contracts/added", "from kernel.seal.sealed import Sealed")
    assert broken(copy) == set()


@pytest.mark.parametrize(("contract", "added"), BREAKS)
def test_a_breach_is_caught(copy: Path, contract: str, added: dict[str, str]) -> None:
    for module, line in added.items():
        add(copy, module, line)
    assert broken(copy) == {contract}
