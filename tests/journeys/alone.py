"""One service in a folder that holds no other, as a program with settings of its own."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.tree import ROOT
from trial.keys import fresh, keys
from trial.preparing import ALL

SHARED = ("kernel", "contracts", "album", "registry", "skin", "trial")
PROGRAM = """
import runpy, sys
from importlib.util import find_spec
from pathlib import Path

here, services = Path.cwd(), sys.argv[1].split(",")
found = [name for name in services if find_spec(f"services.{name}")]
assert found == [sys.argv[2]], found
sys.argv = ["mazha", "serve", *sys.argv[2:]]
try:
    runpy.run_module("trial.command", run_name="__main__")
finally:
    ours = ("kernel", "contracts", "album", "registry", "skin", "trial", "services")
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ours and getattr(module, "__file__", None):
            assert Path(module.__file__).is_relative_to(here), module
    assert not {"alembic", "psutil", "trial.servers", "trial.living"}.intersection(sys.modules)
"""
"""`mazha serve`, that looks before and after whether anything came from elsewhere, or is there
that a service does not need."""


def copy(service: str, to: Path) -> Path:
    for package in (*SHARED, f"services/{service}"):
        shutil.copytree(ROOT / package, to / package)
    shutil.copy(ROOT / "services/__init__.py", to / "services")
    return to


@dataclass
class Place:
    """What the services of a city share: their broker and their keys. No trial, so no samples."""

    kafka: str
    prefix: str
    keys: Mapping[str, str] = field(default_factory=lambda: keys(ALL, fresh))

    def environment(self, service: str, url: str, files: Path) -> Mapping[str, str]:
        own, others = f"MAZHA_{service.upper()}_", tuple(f"MAZHA_{n.upper()}_" for n in ALL)
        mine = {n: v for n, v in self.keys.items() if n.startswith(own) or not n.startswith(others)}
        return {
            **mine,
            f"{own}DATABASE_URL": url,
            "MAZHA_KAFKA": self.kafka,
            "MAZHA_TOPIC_PREFIX": self.prefix,
            "MAZHA_DATA": str(files),
            "MAZHA_NOTIFY_SMS_GATEWAY": "aliyun",
            "MAZHA_NOTIFY_SMS_KEY_ID": "nobody",
            "MAZHA_NOTIFY_SMS_KEY": "nothing",
        }


@dataclass
class Alone:
    process: subprocess.Popen[bytes]
    log: Path

    def end(self, limit: float = 15) -> tuple[int, float]:
        """By SIGTERM: its exit code, and how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(limit), time.monotonic() - began


@contextmanager
def alone(service: str, port: int, here: Path, given: Mapping[str, str]) -> Iterator[Alone]:
    log = here / "said.log"
    call = [sys.executable, "-c", PROGRAM, ",".join(ALL), service, "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            call, cwd=here, env={**clean(here), **given}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield Alone(process, log)
    finally:
        process.kill()
        process.wait()


def clean(here: Path) -> dict[str, str]:
    """Nothing of ours from outside."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAZHA_")}
    return {**kept, "PYTHONPATH": str(here)}
