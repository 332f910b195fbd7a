"""The form at the gate: what it takes, what it says is wrong, and that nothing typed is lost."""

import re
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from contracts.permission import Role
from tests.intake.residents import FORM_PAGE, SAID, filled, issue_of, key_in, raised
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.web import Web, form_of

pytestmark = pytest.mark.connected
PICKED = re.compile(r'name="org" value="([0-9]+)"')
SENT = text("select count(*) as n from kernel.events where type = 'IssueSubmitted'")


async def sent_so_far(web: Web) -> int:
    return int((await web.houses["intake"].running.db.one(SENT)).n)


async def hung(web: Web, org: str = TOWN) -> str:
    """A code at the gate."""
    qr = str(uuid4())
    wish = {"org_code": org, "place": "东门岗亭"}
    done = await web.post(f"/api/intake/qrs/{qr}/issue-qr", wish, Role.STATION_STAFF)
    assert done.status_code == 200, done.text
    return qr


async def test_a_double_tap_is_one_matter_with_one_code(web: Web) -> None:
    form = await filled(web)
    first, second = await web.send(FORM_PAGE, form), await web.send(FORM_PAGE, form)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert await sent_so_far(web) == 1


async def test_a_form_sent_again_with_other_words_is_told_so_and_keeps_them(web: Web) -> None:
    form = await filled(web)
    await web.send(FORM_PAGE, form)
    for name, words in (("matter", "五号楼也不亮。"), ("contact", "13900000000")):
        other = await web.send(FORM_PAGE, {**form, name: words})
        assert other.status_code == 422
        kept = form_of(other, FORM_PAGE)
        assert kept[name] == words
        again = await web.send(FORM_PAGE, {**SAID, **kept, "consents[]": ["process"]})
        assert again.status_code == 303, again.text  # it is a matter of its own now
    assert await sent_so_far(web) == 3


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"matter": "灯" * 2001}, "matter", "反映的事项请写5到2000个字。"),
    ({"matter": "灯"}, "matter", "反映的事项请写5到2000个字。"),
    ({"name": ""}, "name", "请填您的姓名，办事的人好称呼您。"),
    ({"contact": "1389312345"}, "contact", "手机号要11位数字"),
    ({"target": ""}, "target", "请选反馈给社区还是街道。"),
    ({"consents[]": ["case"]}, "consents", "请勾选第一项。"),
    ({"place": "楼" * 201}, "place", "地点最多200个字，请写短一些。"),
]


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(web: Web) -> None:
    for changed, at, said in WRONG:
        answer = await web.send(FORM_PAGE, await filled(web, **changed))
        assert answer.status_code == 422
        assert f'<a href="#{at}">' in answer.text
        assert said in answer.text
        assert "<title>出错：建宁路社区社情民意收集</title>" in answer.text
        kept, expected = form_of(answer, FORM_PAGE), {**SAID, **changed}
        for name in ("matter", "place", "name", "contact"):
            assert kept[name] == expected[name]
    nothing = await web.send(FORM_PAGE, {"once": str(uuid4())})
    assert nothing.text.count('<li><a href="#') == 5  # all at once
    assert await sent_so_far(web) == 0


async def test_line_breaks_count_once_and_two_thousand_letters_go(web: Web) -> None:
    words = "\r\n".join(["灯" * 99] * 20)  # a browser counts 1999 letters of these 2018
    assert await raised(web, matter=words)


async def test_an_empty_form_has_no_consent_ticked(web: Web) -> None:
    page = await web.page(FORM_PAGE)
    assert page.text.count('type="checkbox"') == 3
    assert "checked" not in page.text
    for number in ("110", "119", "120"):
        assert f'href="tel:{number}"' in page.text


async def test_signs_of_html_and_faces_are_words_like_others(web: Web) -> None:
    words = "<script>alert(1)</script>楼道的灯坏了😀很黑"
    answer = await web.send(FORM_PAGE, await filled(web, matter=words, name=""))
    assert form_of(answer, FORM_PAGE)["matter"] == words
    sent = await web.send(FORM_PAGE, await filled(web, matter=words))
    track = await web.page(sent.headers["location"].removesuffix("/receipt"), k=key_in(sent))
    for page in (answer, track):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;楼道的灯坏了😀很黑" in page.text


async def test_a_code_of_a_street_bears_its_name_and_lets_pick_the_community(web: Web) -> None:
    page = f"/q/{await hung(web)}"
    shown = await web.page(page)
    assert "<title>培黎街道社情民意收集</title>" in shown.text
    answer = await web.send(page, await filled(web, page))
    assert answer.status_code == 422
    assert "反馈给社区的，请选是哪个社区。" in answer.text
    assert await raised(web, page, village=VILLAGE)
    assert await raised(web, page, target="STREET")


async def test_a_code_that_was_revoked_or_never_was_opens_the_form_of_the_city(web: Web) -> None:
    qr = await hung(web)
    await web.post(f"/api/intake/qrs/{qr}/revoke-qr", {}, Role.STATION_STAFF)
    for page in (f"/q/{qr}", "/q/x"):
        shown = await web.page(page)
        assert "<title>兰州市社情民意收集</title>" in shown.text
        assert "您扫的这个二维码已经停用" in shown.text
        assert "培黎" not in shown.text
        code = await raised(web, page, community="建宁路社区")
        issue = await issue_of(web, code)
        org = text("select org from read.matter where issue_id = :issue")
        row = await web.houses["intake"].running.db.one(org, issue=str(issue))
        assert row.org == VILLAGE


UNCLEAR = [
    ("", "请写您在哪个社区或村"),
    ("火星", "没有找到“火星”"),
    ("枣林", "有几个地方名字相近，请选是哪一个。"),
]


async def test_a_community_that_is_not_clear_is_asked_for(web: Web) -> None:
    page = "/o/6201/report"
    for typed, said in UNCLEAR:
        answer = await web.send(page, await filled(web, page, community=typed))
        assert answer.status_code == 422
        assert said in answer.text
        assert form_of(answer, page)["community"] == typed
    answer = await web.send(page, await filled(web, page, community="枣林"))
    picked = next(code for code in PICKED.findall(answer.text))
    assert await raised(web, page, community="枣林", org=picked, target="STREET")


async def test_ten_a_day_are_enough_from_one_contact(web: Web) -> None:
    for _ in range(10):
        await raised(web)
    form = await filled(web)
    answer = await web.send(FORM_PAGE, form)
    assert answer.status_code == 409
    assert "这个联系方式今天已提交10件" in answer.text
    assert form_of(answer, FORM_PAGE)["matter"] == SAID["matter"]
    assert await raised(web, contact="13900000000")
