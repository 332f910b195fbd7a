"""Each service boots alone from a copy without the others, against addresses from settings."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from httpx2 import AsyncClient, HTTPError, Response

from contracts.directory import Level
from contracts.permission import Role
from kernel.handle import Command
from kernel.handler import service_actor
from kernel.web.running import Running
from kernel.web.settings import raw_key
from registry.settings import city_settings
from registry.staff import SAFE, mint
from services.directory.app import DIRECTORY
from services.directory.commands import SEATS, open_all
from services.directory.domain.organisation import OpenOrganisation
from services.directory.domain.seat import OpenSeat, TakeSeat
from tests.journeys.alone import Alone, Place, alone, clean, copy
from trial.preparing import ALL, TOPICS, make_topics
from trial.servers import Kafka
from trial.servers.ports import any_free

PAGES = {
    "intake": "/",
    "routing": "/console/queue",
    "meetings": "/console/topics",
    "notify": "/console/notices",
    "directory": "/console/sign-in",
    "audit": "/console/search",
}
STREET, TOWN = "培黎街道", "620105001"
OPENED = date(2020, 1, 1)
ABOVE = {
    "6201": OpenOrganisation("兰州市", Level.CITY, OPENED, None),
    "620105": OpenOrganisation("安宁区", Level.COUNTY, OPENED, "6201"),
    TOWN: OpenOrganisation(STREET, Level.TOWN, OPENED, "620105"),
}
PATIENCE = 30.0


@pytest.fixture
async def place(kafka: Kafka, prefix: str) -> Place:
    await make_topics(kafka.bootstrap, tuple(TOPICS), prefix, partitions=2)
    return Place(kafka.bootstrap, prefix)


@pytest.mark.connected
@pytest.mark.parametrize("name", ALL)
async def test_a_service_boots_alone(
    name: str,
    place: Place,
    database: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for setting, value in place.environment("directory", database("directory"), tmp_path).items():
        monkeypatch.setenv(setting, value)
    key = raw_key(place.keys["MAZHA_DIRECTORY_SIGNING_KEY"])
    cookie = mint(key, *await a_seat_is_told(), datetime.now(UTC))
    here, port = copy(name, tmp_path / name), any_free()
    given = place.environment(name, database(name), tmp_path / "files")
    with alone(name, port, here, given) as service:
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            await answers(http, f"/api/{name}/readyz", service)
            await interfaces_are_there(http, name)
            page = await answers(
                http, PAGES[name], service, Accept="text/html", Cookie=f"{SAFE}={cookie}"
            )
        ended, took = await asyncio.to_thread(service.end)
    assert "<!doctype html>" in page.text.lower()
    assert STREET in page.text or name in ("intake", "directory")
    assert (ended, took < 15) == (0, True), service.log.read_text()


async def a_seat_is_told() -> tuple[UUID, UUID]:
    """By directory, that is gone again when the others start. Whose it is, and the seat."""
    account, seat = uuid4(), uuid4()
    running = Running(DIRECTORY, city_settings("directory"))
    try:
        await running.open()
        await open_all(running.store, ABOVE)
        for wish in (OpenSeat(Role.STATION_STAFF, TOWN), TakeSeat(account)):
            command = Command(uuid4(), service_actor("directory"), uuid4())
            await SEATS.carry_out(running.store, str(seat), wish, command)
        for step in ("sequence", "tell"):
            do, _wake = running.steps()[step]
            await do()
    finally:
        await running.stop()
    return account, seat


async def answers(http: AsyncClient, path: str, service: Alone, **headers: str) -> Response:
    """With 200, after a while."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        last = await asked(http, path, **headers)
        if last is not None and last.status_code == 200:
            return last
        said = f"{last.status_code} {last.text}" if last is not None else "no answer"
        assert service.process.poll() is None, service.log.read_text()
        assert asyncio.get_running_loop().time() < deadline, f"{path}: {said}"
        await asyncio.sleep(0.1)


async def asked(http: AsyncClient, path: str, **headers: str) -> Response | None:
    try:
        return await http.get(path, headers=headers)
    except HTTPError:
        return None


async def interfaces_are_there(http: AsyncClient, name: str) -> None:
    base = f"/api/{name}"
    assert (await http.get(f"{base}/livez")).json() == {"alive": True}
    assert (await http.get(f"{base}/openapi.json")).json()["info"]["title"] == name
    assert (await http.get(f"{base}/asyncapi.json")).json()["asyncapi"].startswith("3.")
    assert "kernel_store_up 1.0" in (await http.get(f"{base}/metrics")).text
    assert (await http.get("/trial/clock")).status_code == 404  # only a trial has one


def serve(name: str, here: Path, **given: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "trial.command", "serve", name]
    return subprocess.run(
        call, cwd=here, env={**clean(here), **given}, capture_output=True, text=True
    )


def test_each_missing_setting_is_named_in_a_line(tmp_path: Path) -> None:
    done = serve("intake", copy("intake", tmp_path), MAZHA_KAFKA="127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"{name}: Field required"
        for name in (
            "MAZHA_INTAKE_DATABASE_URL",
            "MAZHA_INTAKE_SECRET",
            "MAZHA_INTAKE_SIGNING_KEY",
            "MAZHA_INTAKE_VAULT_KEY",
            "MAZHA_SUBJECT_KEY",
            "MAZHA_STAFF_KEY",
        )
    ]


def test_a_service_that_is_not_in_the_copy_is_named(tmp_path: Path) -> None:
    done = serve("audit", copy("intake", tmp_path))
    assert (done.returncode, done.stderr) == (
        1,
        "no such service here: audit; there are intake\n",
    )
