"""Kafka's jars: fetched once by name through jgo, checked at every start against a pinned list."""

import hashlib
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trial.trouble import Trouble

from .server import held

VERSION = "4.4.0"
CACHE = Path.home() / ".cache" / "mazha"
LOCK = Path(__file__).with_name(f"kafka-{VERSION}.lock")


@dataclass(frozen=True, slots=True)
class Pinned:
    """One line of the list: what a jar must be, and where repositories keep it."""

    digest: str
    size: int
    place: PurePosixPath  # group/as/folders/artifact/version/artifact-version.jar

    @property
    def coordinates(self) -> tuple[str, str, str]:
        *group, artifact, version, _file = self.place.parts
        return ".".join(group), artifact, version

    def fits(self, jar: Path) -> bool:
        return jar.exists() and jar.stat().st_size == self.size and digest(jar) == self.digest


def pinned(lock: Path = LOCK) -> list[Pinned]:
    rows = [line.split() for line in lock.read_text().splitlines()]
    return [Pinned(digest, int(size), PurePosixPath(place)) for digest, size, place in rows]


def digest(jar: Path) -> str:
    with jar.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def ready(cache: Path, lock: Path = LOCK) -> list[Path]:
    """All jars in the order of the class path; those that are missing are fetched first."""
    home, wanted = folder(cache), pinned(lock)
    with held(home / "lock"):
        if missing := [pin for pin in wanted if not pin.fits(home / pin.place.name)]:
            fetch(missing, home)
    return [home / pin.place.name for pin in wanted]


def folder(cache: Path) -> Path:
    return cache / f"kafka-{VERSION}"


def fetch(missing: list[Pinned], home: Path) -> None:
    """Through a folder of its own: what was fetched by halves is never taken for a jar."""
    for archive in home.glob("*.jsa"):  # it fits only the very files that it was made from
        archive.unlink()
    with tempfile.TemporaryDirectory(dir=home) as fresh, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda pin: fetch_one(pin, Path(fresh), home), missing))


def fetch_one(pin: Pinned, fresh: Path, home: Path) -> None:
    from jgo.config import GlobalSettings  # slow to import, and only needed once
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    remotes = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    group, artifact, version = pin.coordinates
    context = MavenContext(repo_cache=fresh, remote_repos=remotes)
    try:
        jar = context.project(group, artifact).at_version(version).artifact().resolve()
    except (OSError, RuntimeError) as problem:
        raise Trouble(f"kafka: cannot fetch {pin.place.name}: {problem}") from problem
    if not pin.fits(jar):
        raise Trouble(f"kafka: {pin.place.name} is not the jar that was pinned, so it is refused")
    shutil.move(jar, home / pin.place.name)
