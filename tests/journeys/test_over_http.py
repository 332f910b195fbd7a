"""The same matter as people send it: forms and commands over HTTP, and problems in words."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.permission import Role
from services.intake.commands import NOTICE
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.founded import Founded, city
from tests.journeys.web import Web
from tests.kernel.city import House

pytestmark = pytest.mark.connected
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


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


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
    answer = await web.get("/api/routing/queue")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    bad = {"Authorization": "Bearer x.y.z"}
    answer = await web.client.get("/api/routing/queue", headers=bad)
    assert answer.status_code == 401
    _, seat = web.seats[Role.STATION_STAFF]
    await web.post(f"/api/directory/seats/{seat}/leave-seat", {}, Role.SYS_ADMIN)
    answer = await web.get("/api/routing/queue", Role.STATION_STAFF)
    assert (answer.status_code, answer.json()["code"]) == (401, "seat-ended")
