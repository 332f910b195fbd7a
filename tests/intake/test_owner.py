"""Intake answers for residents: to their programs, to its neighbours, and when they want to go."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from sqlalchemy import text

from contracts.permission import Role
from kernel.clock import move, now
from kernel.handle import Command
from kernel.seal.keyring import Missing
from kernel.web.commands import MOST_BODY
from kernel.web.settings import raw_key
from kernel.web.tokens import mint
from services.intake.commands import ISSUES
from services.intake.commands.links import resident
from services.intake.domain.issue import EraseReporter
from tests.intake.residents import (
    FORM_PAGE,
    SAID,
    answered,
    filled,
    issue_of,
    key_in,
    raised,
    worked_on,
)
from tests.intake.test_photos import files, on_disk, picture
from tests.journeys.test_over_http import everything
from tests.journeys.web import Web, form_of

pytestmark = pytest.mark.connected
CARDS = text("select count(*) as n from kernel.vault")
RATED = {"solved": "YES", "satisfaction": 5}


async def ask(web: Web, path: str, purpose: str, body: dict[str, Any], by: str) -> Response:
    """As another service would."""
    at = await now(web.houses["intake"].running.db)
    token = mint(raw_key(f"sample-{by}-signing"), by, "intake", purpose, at)
    signed = {"Authorization": f"Bearer {token}"}
    return await web.client.post(f"/internal/intake/{path}", json=body, headers=signed)


async def reporter_of(web: Web, issue: UUID) -> str:
    sql = text("select reporter from read.matter where issue_id = :issue")
    return str((await web.houses["intake"].running.db.one(sql, issue=str(issue))).reporter)


async def looks(web: Web) -> list[tuple[str, str]]:
    sql = text("select asked_by, purpose from intake.look order by id")
    return [tuple(row) for row in await web.houses["intake"].running.db.all(sql)]


async def test_notify_is_told_where_to_send_and_that_is_written_down(web: Web) -> None:
    issue = await issue_of(web, await raised(web))
    body = {"reporter_ref": await reporter_of(web, issue), "issue_id": str(issue)}
    before = await looks(web)  # by day a message has asked already
    told = await ask(web, "reporter-address", "notify-reporter", body, "notify")
    assert told.json() == {"contact": "13893123456"}
    assert (await looks(web))[len(before) :] == [("notify", "notify-reporter")]
    wrong = await ask(web, "reporter-address", "see-contact", body, "notify")
    assert wrong.status_code == 403
    stranger = await web.client.post("/internal/intake/reporter-address", json=body)
    assert stranger.status_code == 403


async def test_routing_is_told_name_and_number_for_a_reason_and_as_the_resident_agreed(
    web: Web,
) -> None:
    agreed = await issue_of(web, await raised(web))
    kept = await issue_of(web, await raised(web, FORM_PAGE, **{"consents[]": ["process"]}))
    card = {"name": "李建国", "contact": "13893123456"}
    for issue, leads, status in ((agreed, False, 200), (kept, True, 200), (kept, False, 409)):
        body = {"issue_id": str(issue), "reason_given": True, "leads": leads}
        told = await ask(web, "reporter-contact", "see-contact", body, "routing")
        assert told.status_code == status
        assert (told.json() == card) is (status == 200)
    body = {"issue_id": str(agreed), "reason_given": False, "leads": True}
    told = await ask(web, "reporter-contact", "see-contact", body, "routing")
    assert told.json()["code"] == "say-why-you-look"
    untold = await ask(web, "reporter-contact", "see-contact", {"issue_id": str(agreed)}, "routing")
    assert untold.status_code == 422


async def test_who_has_the_link_key_rates_and_is_erased_over_the_api(web: Web) -> None:
    sent = await web.send(FORM_PAGE, await filled(web))
    issue, key = await issue_of(web, sent.headers["location"].split("/")[2]), key_in(sent)
    await worked_on(web, issue)
    await answered(web, issue)
    root, by = f"/api/intake/issues/{issue}", {"X-Link-Key": key}
    no = await web.post(f"{root}/evaluate", RATED, None, **{"X-Link-Key": "0" * 32})
    assert (no.status_code, no.json()["code"]) == (401, "link-key-wrong")
    assert (await web.post(f"{root}/evaluate", RATED)).status_code == 401
    early = await web.post(f"{root}/erase-reporter", {}, None, **by)
    assert early.json()["code"] == "still-worked-on"
    rated = await web.post(f"{root}/evaluate", RATED, None, **by)
    assert rated.json() == {"id": str(issue), "version": 2}
    erased = await web.post(f"{root}/erase-reporter", {}, None, **by)
    assert erased.json() == {"id": str(issue), "version": 3}
    again = await web.post(f"{root}/erase-reporter", {}, None, **by)
    assert again.json() == {"id": str(issue), "version": 3}


async def test_who_asks_to_be_forgotten_is_gone_from_pages_vault_and_files(
    web: Web, tmp_path: Path
) -> None:
    sent = await web.send(FORM_PAGE, await filled(web), files=files(picture()))
    code, key = sent.headers["location"].split("/")[2], key_in(sent)
    issue, page = await issue_of(web, code), f"/i/{code}/erase"
    reporter = await reporter_of(web, issue)
    photo = (await web.page(f"/i/{code}", k=key)).text.partition("/photo/")[2].partition('"')[0]
    assert "这件事还在办，现在删了就没法答复您" in (await web.page(page, k=key)).text
    await worked_on(web, issue)
    await answered(web, issue)
    rate = f"/i/{code}/rate"
    form = form_of(await web.page(rate, k=key), rate)
    comment = {"solved": "YES", "satisfaction": "4", "comment": "张师傅来修的"}
    await web.send(rate, {**form, **comment}, k=key)
    confirm = form_of(await web.page(page, k=key), page)
    assert (await web.send(page, confirm, k=key)).status_code == 303
    track = await web.page(f"/i/{code}", k=key)
    for gone in (SAID["place"], "李建国", "13893123456", "张师傅"):
        assert gone not in track.text
    assert "［已按本人要求删除］" in track.text
    assert "路灯不亮，老人摔倒" in track.text  # the redacted title stays
    assert (await web.page(f"/i/{code}/photo/{photo}", k=key)).status_code == 404
    assert on_disk(tmp_path) == []
    body = {"reporter_ref": reporter, "issue_id": str(issue)}
    told = await ask(web, "reporter-address", "notify-reporter", body, "notify")
    assert told.json() == {"erased": True}


async def test_nothing_of_a_form_or_photo_rests_in_the_clear(web: Web, tmp_path: Path) -> None:
    web_form = await filled(web)
    assert (await web.send(FORM_PAGE, web_form, files=files(picture()))).status_code == 303
    own = text("select count(*) as n from intake.sent")
    assert (await web.houses["intake"].running.db.one(own)).n == 1
    rest = b"".join([await everything(house) for house in web.houses.values()])
    rest += await own_tables(web)
    rest += b"".join(path.read_bytes() for path in on_disk(tmp_path))
    for secret in ("李建国", "13893123456", "三号楼", "路灯", "GPS: 36"):
        assert secret.encode() not in rest


async def own_tables(web: Web) -> bytes:
    found = BytesIO()
    for table in ("sent", "photo", "passcode", "look"):
        rows = text(f"select cast(t as text) as row from intake.{table} t")  # noqa: S608
        for row in await web.houses["intake"].running.db.all(rows):
            found.write(row.row.encode())
    return found.getvalue()


async def test_what_a_form_left_behind_that_was_refused_is_swept(web: Web) -> None:
    refused = {"client_id": str(uuid4()), "org_code": "620105001", "notice_ver": "an old one"}
    form = {**refused, "level": "STREET", "text": SAID["matter"], "name": "李建国"}
    form |= {"contact": "13893123456", "consents": []}
    db = web.houses["intake"].running.db
    assert (await web.post("/api/intake/issues", form)).status_code == 409
    assert (await db.one(CARDS)).n == 0  # of who did not agree nothing is kept
    again = await web.post("/api/intake/issues", {**form, "consents": ["process"]})
    assert again.json()["code"] == "notice-is-new"
    assert (await db.one(CARDS)).n == 1
    await move(db, timedelta(days=3))
    await web.settle()
    assert (await db.one(CARDS)).n == 0
    left = text("select count(*) as n from intake.sent")
    assert (await db.one(left)).n == 0


async def test_who_was_half_forgotten_is_forgotten_to_the_end(web: Web, tmp_path: Path) -> None:
    sent = await web.send(FORM_PAGE, await filled(web), files=files(picture()))
    issue, key = await issue_of(web, sent.headers["location"].split("/")[2]), key_in(sent)
    await worked_on(web, issue)
    await answered(web, issue)
    await web.post(f"/api/intake/issues/{issue}/evaluate", RATED, None, **{"X-Link-Key": key})
    running = web.houses["intake"].running
    by = resident(UUID(await reporter_of(web, issue)), issue)
    fact_alone = Command(uuid4(), by, uuid4())  # as if somebody had pulled the plug after it
    await ISSUES.carry_out(running.store, str(issue), EraseReporter(), fact_alone)
    assert len(on_disk(tmp_path)) == (await running.db.one(CARDS)).n == 1
    await move(running.db, timedelta(hours=2))
    await web.settle()
    assert (on_disk(tmp_path), (await running.db.one(CARDS)).n) == ([], 0)
    words = f"reporter/{issue}"
    assert await running.keyring.find([words]) == {words: Missing.ERASED}


async def test_staff_hand_out_print_rotate_and_revoke_codes(web: Web) -> None:
    by, page = Role.STATION_STAFF, "/console/qrs"
    form = form_of(await web.page(page, by), page)
    empty = await web.send(page, {**form, "place": ""}, by)
    assert empty.status_code == 422
    sent = await web.send(page, {**form, "place": "南门岗亭"}, by)
    assert sent.status_code == 303, sent.text
    shown = await web.page(sent.headers["location"], by)
    assert "南门岗亭" in shown.text
    qr = sent.headers["location"].partition("new=")[2].partition(".")[0]
    poster = await web.page(f"{page}/{qr}/poster", by)
    assert '<svg viewBox="0 0' in poster.text
    assert f"/q/{qr}" in poster.text
    revoke = f"{page}/{qr}/revoke"
    confirm = form_of(await web.page(revoke, by), revoke)
    done = await web.send(revoke, {**confirm, "rotate": "1"}, by)
    assert done.status_code == 303, done.text
    again = await web.send(revoke, {**confirm, "rotate": "1"}, by)
    assert again.headers["location"] == done.headers["location"]
    shown = await web.page(page, by)
    assert shown.text.count("南门岗亭</th>") == 2
    assert "已换新码" in shown.text
    assert "二维码已经停用" in (await web.page(f"/q/{qr}")).text
    liaison = await web.page(page, Role.COMMUNITY_LIAISON)
    assert "南门岗亭" not in liaison.text  # it hangs for the street
    assert (await web.page(revoke, Role.COMMUNITY_LIAISON)).status_code == 403
    assert (await web.page(page, Role.MEMBER)).status_code == 403


async def test_what_no_program_has_to_say_is_refused_unread(web: Web) -> None:
    large = {"Content-Length": str(MOST_BODY + 1)}
    for path in ("/api/intake/issues", "/api/directory/sign-in"):
        answer = await web.client.post(path, content=b"{}", headers=large)
        assert answer.status_code == 413
