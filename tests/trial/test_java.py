"""Any Java of at least 17 will do, in the order a person expects."""

import os
from pathlib import Path

import pytest

from trial.servers import java


def speaking(folder: Path, version: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'Picked up options'>&2\necho '{version}'>&2\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("version", ['openjdk version "17.0.2" 2022', 'java version "25-ea"'])
def test_a_new_one_is_taken(tmp_path: Path, version: str) -> None:
    assert java.examine(speaking(tmp_path, version)) is not None


@pytest.mark.parametrize("version", ['java version "1.8.0_1"', 'openjdk version "11"', "no java"])
def test_an_old_one_is_not(tmp_path: Path, version: str) -> None:
    assert java.examine(speaking(tmp_path, version)) is None


def test_a_missing_one_is_not(tmp_path: Path) -> None:
    assert java.examine(tmp_path / "none") is None


def test_two_builds_never_share_an_archive(tmp_path: Path) -> None:
    one = java.examine(speaking(tmp_path / "a", 'openjdk version "17.0.2"'))
    two = java.examine(speaking(tmp_path / "b", 'openjdk version "17.0.3"'))
    assert one and two and one.build != two.build


def test_java_home_goes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{speaking(tmp_path, '').parent}:{os.environ['PATH']}")
    first, second, *_wheel = java.candidates()
    assert (first, second) == (tmp_path / "home/bin/java", tmp_path / "bin/java")
