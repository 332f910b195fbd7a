"""The same matter as people send it: forms and commands over HTTP, and problems in words."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import text

from contracts.permission import Role
from kernel import clock
from kernel.handle import Command
from kernel.handler import service_actor
from kernel.web.build import Built, build
from kernel.web.service import Service
from registry.staff import mint
from services.directory import api as directory_api
from services.directory.app import DIRECTORY
from services.directory.commands import SEATS, divisions, open_all
from services.directory.domain.seat import OpenSeat, TakeSeat
from services.intake import api as intake_api
from services.intake.app import INTAKE
from services.intake.commands import NOTICE
from services.meetings import api as meetings_api
from services.meetings.app import MEETINGS_SERVICE
from services.routing import api as routing_api
from services.routing.app import ROUTING
from skin.words import words
from tests.journeys.city import TABLE, TOWN, VILLAGE
from tests.kernel.city import House, settle, trial_settings
from tests.kernel.local import LocalBroker

pytestmark = pytest.mark.connected
PRIVATE = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
APIS: dict[str, tuple[Service, Any]] = {
    "directory": (DIRECTORY, directory_api),
    "intake": (INTAKE, intake_api),
    "routing": (ROUTING, routing_api),
    "meetings": (MEETINGS_SERVICE, meetings_api),
}
FORM = {
    "org_code": TOWN,
    "level": "STREET",
    "text": "三号楼路灯不亮，老人摔倒。请联系李建国13893123456。",
    "name": "李建国",
    "contact": "13893123456",
    "consents": ["process", "contact"],
    "notice_ver": NOTICE,
    "place": "三号楼东侧",
}


@dataclass
class Web:
    built: dict[str, Built]
    houses: dict[str, House]
    clients: dict[str, AsyncClient]
    seats: dict[Role, tuple[UUID, UUID]] = field(default_factory=dict)

    async def settle(self) -> None:
        await settle(*self.houses.values())

    async def seat(self, role: Role, org: str) -> None:
        account, seat = uuid4(), uuid4()
        for wish in (OpenSeat(role, org), TakeSeat(account)):
            command = Command(uuid4(), service_actor("directory"), uuid4())
            store = self.houses["directory"].running.store
            await SEATS.carry_out(store, str(seat), wish, command)
        self.seats[role] = (account, seat)

    async def post(self, path: str, body: object, by: Role | None = None, **headers: str) -> Any:
        service = path.split("/")[2]
        db = self.houses[service].running.db
        sent = {"Idempotency-Key": str(uuid4()), "Accept-Language": "zh-CN", **headers}
        if by:
            sent["Authorization"] = f"Bearer {mint(PRIVATE, *self.seats[by], await clock.now(db))}"
        answer = await self.clients[service].post(path, json=body, headers=sent)
        await self.settle()
        return answer

    async def get(self, path: str, by: Role) -> Any:
        service = path.split("/")[2]
        db = self.houses[service].running.db
        token = mint(PRIVATE, *self.seats[by], await clock.now(db))
        headers = {"Authorization": f"Bearer {token}"}
        return await self.clients[service].get(path, headers=headers)


@pytest.fixture
async def web(database: Callable[[], str]) -> AsyncIterator[Web]:
    broker, web = LocalBroker(), Web({}, {}, {})
    async with AsyncExitStack() as stack:
        for name, (service, api) in APIS.items():
            settings = trial_settings(name, database())
            one = build(service, settings, partial(api.routes, staff_key=PUBLIC), words, broker)
            await one.running.open()
            web.built[name], web.houses[name] = one, House.of(one.running, broker)
            client = AsyncClient(transport=ASGITransport(one.app), base_url="http://mazha")
            web.clients[name] = await stack.enter_async_context(client)
        await found(web)
        yield web
        for house in web.houses.values():
            await house.close()


async def found(web: Web) -> None:
    with TABLE.open(encoding="utf-8") as file:
        every = divisions(file, date(2023, 6, 30))
    here = {c: w for c, w in every.items() if c == "6201" or c.startswith("620105")}
    await open_all(web.houses["directory"].running.store, here)
    for role, org in (
        (Role.STATION_STAFF, TOWN),
        (Role.COMMUNITY_LIAISON, VILLAGE),
        (Role.SYS_ADMIN, "6201"),
    ):
        await web.seat(role, org)
    await web.settle()


async def test_a_matter_is_raised_decided_and_worked_on_over_http(web: Web) -> None:
    form = FORM | {"client_id": str(uuid4())}
    sent = await web.post("/api/intake/issues", form)
    assert sent.status_code == 200, sent.text
    again = await web.post("/api/intake/issues", form)
    assert again.json() == sent.json()
    other = await web.post("/api/intake/issues", form | {"text": "五号楼也不亮，一并反映。"})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    (row,) = (await web.get("/api/routing/queue", Role.STATION_STAFF)).json()
    assert row["title"] == "三号楼路灯不亮，老人摔倒"
    assert row["code"] == sent.json()["code"]
    case = f"/api/routing/cases/{sent.json()['id']}"
    accept = {"category": "B4", "urgency": "NORMAL", "affected_hh": 5}
    done = await web.post(f"{case}/accept-issue", accept, Role.STATION_STAFF)
    assert done.status_code == 200, done.text
    route = {"lane": "GRID", "mode": "MICRO", "to_org": VILLAGE}
    stale = await web.post(f"{case}/route-issue", route, Role.STATION_STAFF, **{"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["detail"]) == (
        412,
        "您看到的已不是最新内容，请刷新后再试。",
    )
    done = await web.post(f"{case}/route-issue", route, Role.STATION_STAFF)
    assert done.status_code == 200, done.text
    wrong = await web.post(f"{case}/sign-issue", {}, Role.STATION_STAFF)
    assert (wrong.status_code, wrong.json()["detail"]) == (403, "您现在的岗位不能办理这一步。")
    signed = await web.post(f"{case}/sign-issue", {}, Role.COMMUNITY_LIAISON)
    assert signed.status_code == 200, signed.text


async def test_nothing_of_the_resident_rests_in_the_clear(web: Web) -> None:
    sent = await web.post("/api/intake/issues", FORM | {"client_id": str(uuid4())})
    assert sent.status_code == 200
    for house in web.houses.values():
        rest = await everything(house)
        for secret in ("李建国", "13893123456", "三号楼", "路灯"):
            assert secret.encode() not in rest, (house.running.service.name, secret)


async def everything(house: House) -> bytes:
    """Every row of every table of a store, as text and as bytes."""
    found, db = b"", house.running.db
    tables = await db.all(TABLES)
    for table in tables:
        rows = await db.all(text(f"select cast(t as text) as row from {table.name} t"))  # noqa: S608
        found += b"".join(str(tuple(row)).encode() for row in rows)
        for column in await db.all(BYTES, table=table.name):
            raw = await db.all(text(f"select {column.name} as raw from {table.name}"))  # noqa: S608
            found += b"".join(bytes(row.raw or b"") for row in raw)
    return found


TABLES = text("""
select format('%I.%I', schemaname, tablename) as name from pg_tables
 where schemaname in ('kernel', 'read')
""")
BYTES = text("""
select quote_ident(attname) as name from pg_attribute
 where attrelid = cast(:table as regclass) and atttypid = 'bytea'::regtype and attnum > 0
""")


WRONG = [
    ({"contact": "1389312345"}, "contact"),
    ({"name": ""}, "name"),
    ({"level": "CITY"}, "level"),
    ({"idcard": "620102199001011234"}, "idcard"),
]
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"text": "灯"}, "反映的事项请写5到2000个字。"),
    ({"consents": []}, "要办理这件事，需要您同意我们处理您填写的内容，请勾选第一项。"),
]


async def test_what_is_wrong_in_the_form_is_said_at_its_field_or_in_words(web: Web) -> None:
    for changed, named in WRONG:
        form = FORM | {"client_id": str(uuid4())} | changed
        answer = await web.post("/api/intake/issues", form)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [named]
        assert "13893123456" not in answer.text
    for changed, said in REFUSED:
        answer = await web.post("/api/intake/issues", FORM | {"client_id": str(uuid4())} | changed)
        assert (answer.status_code, answer.json()["detail"]) == (409, said)


async def test_who_is_not_signed_in_or_left_the_seat_is_told_so(web: Web) -> None:
    answer = await web.clients["routing"].get("/api/routing/queue")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    bad = {"Authorization": "Bearer x.y.z"}
    answer = await web.clients["routing"].get("/api/routing/queue", headers=bad)
    assert answer.status_code == 401
    _, seat = web.seats[Role.STATION_STAFF]
    await web.post(f"/api/directory/seats/{seat}/leave-seat", {}, Role.SYS_ADMIN)
    answer = await web.get("/api/routing/queue", Role.STATION_STAFF)
    assert (answer.status_code, answer.json()["code"]) == (401, "seat-ended")
