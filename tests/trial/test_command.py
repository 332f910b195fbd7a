"""`python -m trial.servers`: one pair however many start it, and trouble in one line."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.connected


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert command("wipe", tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


def command(word: str, data: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "trial.servers", word, "--data", str(data)]
    return subprocess.run(call, capture_output=True, text=True)


def test_two_starters_at_once_share_one_pair(data: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(command, ["up", "up"], [data, data])
    assert first.stdout == second.stdout
    assert first.stdout.startswith("PostgreSQL  postgresql://postgres:")
    assert command("down", data).returncode == 0
    assert command("up", data).stdout == first.stdout


def test_trouble_is_one_line(data: Path) -> None:
    (data / "kafka").mkdir()
    (data / "kafka" / "version").write_text("99.0.0")
    done = command("up", data)
    assert done.returncode == 1
    assert done.stderr.startswith("kafka: ")
    assert done.stderr.count("\n") == 1
