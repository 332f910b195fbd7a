"""Photos of the work: sent with words, seen by staff and, where it is for them, by residents."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.intake import Attachment
from contracts.permission import Role
from contracts.routing import AnswerResult, IssueProgressed
from kernel.clock import move
from kernel.seal.sealed import Sealed
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.decider import decider
from services.routing.domain.work import AddProgress
from tests.given import given
from tests.intake.residents import FORM_PAGE, filled, issue_of, key_in, worked_on
from tests.intake.test_photos import files, on_disk, picture
from tests.journeys.web import Web, form_of
from tests.kernel.city import House
from tests.routing.cases import IN_PROGRESS, LIAISON, desk
from tests.routing.forms import REPLY

NOTE = "灯已经换好，装了防雨罩。"
HANDLER = Role.COMMUNITY_LIAISON
ROWS = text("select count(*) as n from routing.photo")


def photo(n: int = 1) -> Attachment:
    return Attachment(id=UUID(int=n), mime="image/jpeg", sha256="0" * 64, bytes=n)


def test_a_photo_is_named_only_once_it_was_sent() -> None:
    wish = AddProgress("换好了", attachments=(photo(),))
    given(decider, *IN_PROGRESS).when(wish, desk(LIAISON)).then_refused("no-such-photo")
    given(decider, *IN_PROGRESS).when(wish, desk(LIAISON, photos=frozenset([photo()]))).then(
        IssueProgressed(note=Sealed("case", "换好了"), attachments=(photo(),), public=False)
    )
    answer = AnswerIssue(AnswerResult.SOLVED, REPLY, evidence=(photo(),))
    given(decider, *IN_PROGRESS).when(answer, desk(LIAISON)).then_refused("no-such-photo")


def test_of_ten_photos_one_is_too_many() -> None:
    ten = tuple(map(photo, range(10)))
    wish = AddProgress("换好了", attachments=ten)
    at = desk(LIAISON, photos=frozenset(ten))
    given(decider, *IN_PROGRESS).when(wish, at).then_refused("too-many-photos")


@pytest.fixture
def web(filed: Web) -> Web:
    return filed


@pytest.fixture
async def raised(web: Web) -> tuple[UUID, str, str]:
    """A matter that is worked on, its code and the resident's secret."""
    sent = await web.send(FORM_PAGE, await filled(web))
    code = str(sent.headers["location"]).split("/")[2]
    issue = await issue_of(web, code)
    await worked_on(web, issue)
    return issue, code, key_in(sent)


async def noted(web: Web, issue: UUID, *photos: bytes, **typed: Any) -> Any:
    case = f"/console/cases/{issue}"
    form = form_of(await web.page(case, HANDLER), f"{case}/progress") | {"note": NOTE} | typed
    return await web.send(f"{case}/progress", form, HANDLER, files=files(*photos))


def pictures(page: str, path: str) -> list[str]:
    return [one.partition('"')[0] for one in page.split(f'href="{path}/')[1:]]


@pytest.mark.connected
async def test_a_photo_of_the_work_is_seen_by_staff_and_by_its_resident(
    web: Web, raised: tuple[UUID, str, str], tmp_path: Path
) -> None:
    issue, code, key = raised
    assert (await noted(web, issue, picture(), public="1")).status_code == 303
    (file,) = on_disk(tmp_path)
    assert not file.read_bytes().startswith(b"\xff\xd8")
    at = f"/console/cases/{issue}/photos"
    (one,) = pictures((await web.page(f"/console/cases/{issue}", HANDLER)).text, at)
    seen = await web.page(f"{at}/{one}", HANDLER)
    assert seen.content.startswith(b"\xff\xd8")
    track = await web.page(f"/i/{code}", k=key)
    assert "看照片 1" in track.text
    away = await web.page(f"/i/{code}/work/{one}", k=key)
    assert away.status_code == 303
    assert (await web.page(away.headers["location"])).content == seen.content


@pytest.mark.connected
async def test_nobody_else_sees_it(web: Web, raised: tuple[UUID, str, str]) -> None:
    issue, code, key = raised
    await noted(web, issue, picture())  # not for the resident
    at = f"/console/cases/{issue}/photos"
    (one,) = pictures((await web.page(f"/console/cases/{issue}", HANDLER)).text, at)
    assert (await web.page(f"/i/{code}/work/{one}", k=key)).status_code == 404
    web.client.cookies.clear()
    assert (await web.page(f"/i/{code}/work/{one}")).status_code == 403
    assert (await web.page(f"{at}/{one}")).status_code == 303  # sign in first
    web.seats[Role.TOWN_LIAISON] = await web.seat(Role.TOWN_LIAISON, "620105003")
    await web.settle()
    assert (await web.page(f"{at}/{one}", Role.TOWN_LIAISON)).status_code == 403
    assert (await web.page(f"{at}/{uuid4()}", HANDLER)).status_code == 404


@pytest.mark.connected
async def test_an_address_opens_one_photo_for_a_minute(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, code, key = raised
    await noted(web, issue, picture(), picture(colour="blue"), public="1")
    track = (await web.page(f"/i/{code}", k=key)).text
    first, second = pictures(track, f"/i/{code}/work")
    address = str((await web.page(f"/i/{code}/work/{first}", k=key)).headers["location"])
    assert (await web.page(address.replace(first, second))).status_code == 403
    assert (await web.page(address.partition("?")[0])).status_code == 403
    assert (await web.page(address)).status_code == 200
    await move(web.houses["routing"].running.db, timedelta(seconds=61))
    late = await web.page(address)
    assert (late.status_code, "这个地址只能看一分钟" in late.text) == (403, True)


@pytest.mark.connected
async def test_what_could_be_kept_is_there_when_the_form_comes_back(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, *_ = raised
    case = f"/console/cases/{issue}"
    back = await noted(web, issue, picture(), b"%PDF-1.7", note="")
    assert back.status_code == 422
    assert "第2个文件不是照片" in back.text
    assert "已经收到 1 张照片" in back.text
    form = form_of(back, f"{case}/progress") | {"note": NOTE}
    sent = await web.send(f"{case}/progress", form, HANDLER, files=files(picture(colour="blue")))
    assert sent.status_code == 303
    page = (await web.page(case, HANDLER)).text
    assert len(pictures(page, f"{case}/photos")) == 2
    drop = {**form, "drop[]": pictures(page, f"{case}/photos")}
    other = await web.send(f"{case}/progress", drop, HANDLER)  # what a fact names stays there
    assert "这张表已经交过一次" in other.text
    for one in pictures(page, f"{case}/photos"):
        assert (await web.page(f"{case}/photos/{one}", HANDLER)).status_code == 200


@pytest.mark.connected
async def test_a_photo_that_was_kept_can_be_left_out(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, *_ = raised
    case = f"/console/cases/{issue}"
    back = await noted(web, issue, picture(), picture(colour="blue"), note="")
    drop = back.text.partition('name="drop[]" value="')[2].partition('"')[0]
    form = form_of(back, f"{case}/progress") | {"note": NOTE, "drop[]": drop}
    assert (await web.send(f"{case}/progress", form, HANDLER)).status_code == 303
    assert (await web.send(f"{case}/progress", form, HANDLER)).status_code == 303  # a double tap
    (left,) = pictures((await web.page(case, HANDLER)).text, f"{case}/photos")
    assert left != drop


@pytest.mark.connected
async def test_who_goes_on_a_day_later_is_told_that_the_photos_are_gone(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, *_ = raised
    case = f"/console/cases/{issue}"
    back = await noted(web, issue, picture(), note="")
    for service in ("directory", "routing"):
        await move(web.houses[service].running.db, timedelta(hours=24))
    form = form_of(back, f"{case}/progress") | {"note": NOTE}
    late = await web.send(f"{case}/progress", form, HANDLER)
    assert late.status_code == 422
    assert "先前收到的照片放得太久" in late.text
    anew = form_of(late, f"{case}/progress")
    sent = await web.send(f"{case}/progress", anew, HANDLER, files=files(picture()))
    assert sent.status_code == 303, sent.text


@pytest.mark.connected
async def test_who_does_not_handle_it_leaves_no_photo(
    web: Web, raised: tuple[UUID, str, str], tmp_path: Path
) -> None:
    issue, *_ = raised
    case = f"/console/cases/{issue}"
    form = form_of(await web.page(case, HANDLER), f"{case}/progress") | {"note": NOTE}
    by = Role.COMMUNITY_SECRETARY
    no = await web.send(f"{case}/progress", form, by, files=files(picture()))
    assert no.status_code == 403
    assert on_disk(tmp_path) == []


@pytest.mark.connected
async def test_photos_of_a_stale_screen_go_with_what_was_typed(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, *_ = raised
    case = f"/console/cases/{issue}"
    old = form_of(await web.page(case, HANDLER), f"{case}/progress") | {"note": NOTE}
    await noted(web, issue, note="别人先记了一条。")
    back = await web.send(f"{case}/progress", old, HANDLER, files=files(picture()))
    assert back.status_code == 412
    assert "您传的 1 张照片都收到了，会一起交" in back.text
    again = await web.send(f"{case}/progress", form_of(back, f"{case}/progress"), HANDLER)
    assert again.status_code == 303
    assert len(pictures((await web.page(case, HANDLER)).text, f"{case}/photos")) == 1


@pytest.mark.connected
async def test_ten_photos_are_too_many_and_all_else_stays(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, *_ = raised
    many = [picture((20, 20), colour=f"#{25 * n:02x}0000") for n in range(10)]
    back = await noted(web, issue, *many)
    assert (back.status_code, "照片最多9张。" in back.text) == (409, True)
    assert "已经收到 10 张照片" in back.text
    assert NOTE in back.text


@pytest.mark.connected
async def test_an_answer_shows_what_was_done(web: Web, raised: tuple[UUID, str, str]) -> None:
    issue, code, key = raised
    page = f"/console/cases/{issue}/answer"
    form = form_of(await web.page(page, HANDLER), page) | {"result": "SOLVED", "reply": REPLY}
    sent = await web.send(page, form, HANDLER, files=files(picture()))
    assert sent.status_code == 303, sent.text
    assert "看照片 1" in (await web.page(f"/i/{code}", k=key)).text


@pytest.mark.connected
async def test_a_program_sends_a_photo_and_names_it(
    web: Web, raised: tuple[UUID, str, str]
) -> None:
    issue, *_ = raised
    path = f"/api/routing/cases/{issue}"
    headers = {"Authorization": f"Bearer {await web.token(HANDLER)}"}
    kept = await web.client.post(f"{path}/photos", content=picture(), headers=headers)
    assert kept.status_code == 201, kept.text
    wish = {"note": NOTE, "attachments": [kept.json()]}
    assert (await web.post(f"{path}/add-progress", wish, HANDLER)).status_code == 200
    other = {"note": NOTE, "attachments": [kept.json() | {"id": str(uuid4())}]}
    assert (await web.post(f"{path}/add-progress", other, HANDLER)).status_code == 409
    secretary = {"Authorization": f"Bearer {await web.token(Role.COMMUNITY_SECRETARY)}"}
    no = await web.client.post(f"{path}/photos", content=picture(), headers=secretary)
    assert no.status_code == 403


@pytest.mark.connected
async def test_after_a_day_what_no_fact_names_is_gone(
    web: Web, raised: tuple[UUID, str, str], tmp_path: Path
) -> None:
    issue, *_ = raised
    await noted(web, issue, picture())
    await noted(web, issue, picture(colour="blue"), note="")
    routing: House = web.houses["routing"]
    assert (await rows(routing), len(on_disk(tmp_path))) == (2, 2)
    for service in ("directory", "routing"):
        await move(web.houses[service].running.db, timedelta(hours=26))
    await web.settle()
    assert (await rows(routing), len(on_disk(tmp_path))) == (1, 1)
    at = f"/console/cases/{issue}/photos"
    (one,) = pictures((await web.page(f"/console/cases/{issue}", HANDLER)).text, at)
    assert (await web.page(f"{at}/{one}", HANDLER)).status_code == 200


async def rows(house: House) -> int:
    return int((await house.running.db.one(ROWS)).n)
