"""Who sees what of a matter: by its code, by its secret link, by a code sent to their phone."""

import asyncio
from datetime import timedelta

import pytest

from kernel.clock import move
from services.intake.domain.code import code_of
from tests.intake.residents import (
    SAID,
    Messages,
    answered,
    issue_of,
    key_in,
    raised,
    worked_on,
)
from tests.journeys.web import Web, form_of

pytestmark = pytest.mark.connected


@pytest.fixture
async def code(web: Web) -> str:
    """Of a matter that somebody sent from another phone."""
    code = await raised(web)
    web.client.cookies.clear()
    return code


async def test_the_code_alone_shows_how_far_it_is_and_dates(web: Web, code: str) -> None:
    issue = await issue_of(web, code)
    await worked_on(web, issue)
    page = await web.page(f"/i/{code}")
    assert page.status_code == 200
    assert "办理中" in page.text
    assert "牵头：建宁路社区 · 预计" in page.text
    await answered(web, issue)
    page = await web.page(f"/i/{code}")
    for secret in ("路灯", "三号楼", "李建国", "13893123456", "物业每周检查"):
        assert secret not in page.text
    for path in ("/receipt", "/rate", "/erase"):
        answer = await web.page(f"/i/{code}{path}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/i/{code}")
    for path in ("/rate", "/erase"):
        answer = await web.send(f"/i/{code}{path}", {"solved": "YES", "satisfaction": "5"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/i/{code}")


async def test_a_secret_link_becomes_a_cookie_and_leaves_the_address(web: Web) -> None:
    code = await raised(web)
    receipt = await web.page(f"/i/{code}/receipt")
    link = receipt.text.partition(f"/i/{code}?k=")[2].partition('"')[0]
    web.client.cookies.clear()
    entered = await web.page(f"/i/{code}?k={link}")
    assert (entered.status_code, entered.headers["location"]) == (303, f"/i/{code}")
    cookie = entered.headers["set-cookie"]
    assert f"k={link}; HttpOnly" in cookie
    assert f"Path=/i/{code}; SameSite=lax" in cookie
    page = await web.page(f"/i/{code}", k=key_in(entered))
    assert SAID["place"] in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    web.client.cookies.clear()
    wrong = await web.page(f"/i/{code}?k={'0' * 32}")
    assert (wrong.status_code, wrong.headers["location"]) == (303, f"/i/{code}")
    assert "set-cookie" not in wrong.headers
    other = await web.page(f"/i/{await raised(web)}", k=key_in(entered))
    assert SAID["place"] not in other.text


async def test_a_code_is_looked_up_as_people_write_it(web: Web, code: str) -> None:
    written = f" {code[:4]}-{code[4:8]} {code[8:]}"
    answer = await web.page(f"/i?code={written}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/i/{code}")
    slip = f"{code[:-1]}{(int(code[-1]) + 1) % 10}"
    wrong = await web.page(f"/i?code={slip}")
    assert wrong.status_code == 422
    assert "这一串里有数字写错了" in wrong.text
    assert f'value="{slip}"' in wrong.text
    unknown = await web.page(f"/i?code={code_of(1)}")
    assert "没有这个查询码" in unknown.text
    assert (await web.page(f"/i/{slip}")).status_code == 404
    assert (await web.page(f"/i/{code_of(1)}")).status_code == 404


async def test_a_code_by_message_opens_everything(web: Web, code: str) -> None:
    messages = Messages(web)
    page = await web.page(f"/i/{code}")
    assert "发验证码到我留的手机" in page.text
    assert messages.sent == []  # nobody pressed
    assert (await web.send(f"/i/{code}/send-code", {})).status_code == 303
    (message,) = messages.sent
    assert (message["to"], message["template"]) == ("13893123456", "login-code")
    page = await web.page(f"/i/{code}")
    form = form_of(page, f"/i/{code}/open")
    assert "13893123456" not in page.text
    wrong = f"{(int(messages.last) + 1) % 10**6:06d}"
    no = await web.send(f"/i/{code}/open", {**form, "otp": wrong})
    assert no.status_code == 409
    assert "验证码不对，还可以试4次。" in no.text
    yes = await web.send(f"/i/{code}/open", {**form, "otp": messages.last})
    assert yes.status_code == 303
    page = await web.page(yes.headers["location"], k=key_in(yes))
    assert SAID["place"] in page.text
    web.client.cookies.clear()
    again = await web.send(f"/i/{code}/open", {"otp": messages.last})
    assert again.status_code == 409  # it was good once


async def test_a_code_by_message_is_over_after_five_minutes_or_five_tries(
    web: Web, code: str
) -> None:
    messages, db = Messages(web), web.houses["intake"].running.db
    await web.send(f"/i/{code}/send-code", {})
    wrong = f"{(int(messages.last) + 1) % 10**6:06d}"
    for _ in range(5):
        await web.send(f"/i/{code}/open", {"otp": wrong})
    no = await web.send(f"/i/{code}/open", {"otp": messages.last})
    assert "验证码过期了，或试的次数太多。请再发一次。" in no.text
    await move(db, timedelta(minutes=2))
    await web.send(f"/i/{code}/send-code", {})
    await move(db, timedelta(minutes=6))
    no = await web.send(f"/i/{code}/open", {"otp": messages.last})
    assert "验证码过期了" in no.text


async def test_messages_are_few(web: Web, code: str) -> None:
    messages, db = Messages(web), web.houses["intake"].running.db
    await web.send(f"/i/{code}/send-code", {})
    soon = await web.send(f"/i/{code}/send-code", {})
    assert soon.status_code == 409
    assert "验证码刚发过" in soon.text
    for _ in range(4):
        await move(db, timedelta(minutes=2))
        await web.send(f"/i/{code}/send-code", {})
    await move(db, timedelta(minutes=2))
    often = await web.send(f"/i/{code}/send-code", {})
    assert "发得太多了" in often.text
    assert len(messages.sent) == 5


async def test_of_presses_side_by_side_one_sends(web: Web, code: str) -> None:
    messages = Messages(web)
    headers = await web.browser(None, {})
    presses = [web.client.post(f"/i/{code}/send-code", headers=headers) for _ in range(4)]
    answers = await asyncio.gather(*presses)
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    assert len(messages.sent) == 1


async def test_a_landline_takes_no_messages(web: Web) -> None:
    messages, code = Messages(web), await raised(web, contact="0931-8461234")
    web.client.cookies.clear()
    answer = await web.send(f"/i/{code}/send-code", {})
    assert answer.status_code == 409
    assert "没有可以收短信的手机号" in answer.text
    assert messages.sent == []
