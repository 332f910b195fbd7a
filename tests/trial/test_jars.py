"""A jar that is not the pinned one is never run."""

from pathlib import Path, PurePosixPath

import pytest

from trial.servers import Trouble
from trial.servers.jars import CACHE, LOCK, Pinned, fetch, pinned, ready


def test_the_list_names_every_jar_once() -> None:
    names = [pin.place.name for pin in pinned()]
    assert len(names) == len(set(names)) == 45


def test_coordinates_come_from_the_place() -> None:
    place = PurePosixPath("org/apache/kafka/kafka_2.13/4.4.0/kafka_2.13-4.4.0.jar")
    assert Pinned("", 0, place).coordinates == ("org.apache.kafka", "kafka_2.13", "4.4.0")


@pytest.mark.connected
def test_a_spoilt_jar_is_fetched_again(tmp_path: Path) -> None:
    small = min(pinned(), key=lambda pin: pin.size)
    lock = tmp_path / "lock"
    lock.write_text(f"{small.digest} {small.size} {small.place}\n")
    (jar,) = ready(tmp_path, lock)
    jar.write_bytes(b"spoilt")
    (stale := jar.with_name("kafka-x.jsa")).touch()
    assert ready(tmp_path, lock) == [jar]
    assert small.fits(jar)
    assert not stale.exists()


@pytest.mark.connected
def test_a_jar_with_another_checksum_is_refused(tmp_path: Path) -> None:
    small = min(pinned(), key=lambda pin: pin.size)
    forged = Pinned("0" * 64, small.size, small.place)
    with pytest.raises(Trouble, match=f"{small.place.name} is not the jar that was pinned"):
        fetch([forged], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.connected
def test_a_jar_that_nobody_has_is_one_clear_line(tmp_path: Path) -> None:
    nowhere = Pinned("0" * 64, 1, PurePosixPath("org/apache/kafka/none/0.0/none-0.0.jar"))
    with pytest.raises(Trouble, match=r"^kafka: cannot fetch none-0\.0\.jar"):
        fetch([nowhere], tmp_path)


def test_places_of_the_cache_and_the_list() -> None:
    assert CACHE.parts[-2:] == (".cache", "mazha")
    assert LOCK.exists()
