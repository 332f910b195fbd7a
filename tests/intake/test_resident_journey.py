"""One matter as its resident sees it, with plain forms: from the gate to their own word."""

import pytest

from tests.intake.residents import (
    FORM_PAGE,
    REPLY,
    answered,
    filled,
    issue_of,
    key_in,
    worked_on,
)
from tests.journeys.web import Web, form_of

pytestmark = pytest.mark.connected


async def test_a_resident_sends_follows_and_rates_a_matter_without_javascript(web: Web) -> None:
    page = await web.page(FORM_PAGE)
    assert page.status_code == 200, page.text
    assert "<h1>建宁路社区社情民意收集</h1>" in page.text
    sent = await web.send(FORM_PAGE, await filled(web))
    assert sent.status_code == 303, sent.text
    code, key = sent.headers["location"].split("/")[2], key_in(sent)
    receipt = await web.page(sent.headers["location"], k=key)
    assert receipt.status_code == 200
    assert f"{code[:4]}<i>{code[4:8]}</i><i>{code[8:]}</i>" in receipt.text
    assert receipt.text.count("<time") == 3
    track = await web.page(f"/i/{code}", k=key)
    assert "已提交" in track.text
    assert "三号楼路灯不亮，老人摔倒。请联系李建国13893123456。" in track.text
    issue = await issue_of(web, code)
    await worked_on(web, issue)
    track = await web.page(f"/i/{code}", k=key)
    for words in ("办理中", "按“微协商”交给建宁路社区", "打电话联系了您", "培黎街道"):
        assert words in track.text
    assert "还不能评价" in track.text
    await answered(web, issue)
    track = await web.page(f"/i/{code}", k=key)
    assert REPLY in track.text
    rate = f"/i/{code}/rate"
    form = form_of(await web.page(rate, k=key), rate)
    rated = await web.send(rate, {**form, "solved": "YES", "satisfaction": "5"}, k=key)
    assert rated.status_code == 303, rated.text
    track = await web.page(f"/i/{code}", k=key)
    assert "已办结" in track.text
    assert "办结：您说解决了" in track.text
    again = await web.page(rate, k=key)
    assert "您已经评价过：解决了，非常满意。" in again.text
