"""A resident on an old phone: every step works without JavaScript."""

import re

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.scene import TIANSHUINAN, answered
from tests.journeys.trial import city_at
from trial.living.people import qr_of

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
MATTER = "三号楼二单元的楼道灯坏了一个星期，晚上老人下楼看不见。"


async def test_a_matter_is_raised_and_followed(resident: Person) -> None:
    page = resident.page
    await resident.go(f"/q/{qr_of(TIANSHUINAN)}")
    await page.fill("#matter", MATTER)
    await page.click("main button[type=submit]")
    await expect(page.locator(".errors")).to_be_visible()
    assert await page.input_value("#matter") == MATTER
    await page.fill("#name", "张秀兰")
    await page.fill("#contact", "13893120001")
    await page.check("#target")
    await page.check("#consents")
    await page.click("main button[type=submit]")
    await expect(page).to_have_url(re.compile(r"/i/\d{12}/receipt$"))
    await page.click("text=看进度")
    await expect(page.locator("main")).to_contain_text(MATTER)
    await by_code_alone(resident, page.url.rsplit("/", 1)[1])


async def by_code_alone(resident: Person, code: str) -> None:
    """Whoever finds the code learns where the matter is, and nothing of what it says."""
    await resident.context.clear_cookies()
    await resident.go("/i")
    await resident.page.fill("#code", code)
    await resident.page.click("main button[type=submit]")
    await expect(resident.page.locator(".road")).to_be_visible()
    await expect(resident.page.locator("main")).not_to_contain_text("楼道灯")


async def test_an_answer_is_rated(resident: Person) -> None:
    async with AsyncClient(base_url=resident.address, timeout=60, trust_env=False) as http:
        matter = await answered(city_at(http))
    await resident.go_until(f"/i/{matter.code}?k={matter.key}", ".now a.btn")
    await resident.page.click(".now a.btn")
    await resident.page.check("[name=solved][value=YES]")
    await resident.page.check("[name=satisfaction][value='5']")
    await resident.page.click("main button[type=submit]")
    await expect(resident.page.locator("main")).to_contain_text("您评价：解决了")


async def test_letters_grow_by_a_link(resident: Person) -> None:
    await resident.go("/")
    for grown in ("elder", "elder huge", ""):
        await resident.page.click("[data-elder]")
        assert (await html_class(resident.page)) == grown
    await resident.page.click("[data-elder]")
    await resident.go("/i")  # and stay so on every page
    assert (await html_class(resident.page)) == "elder"


async def html_class(page: Page) -> str:
    return await page.locator("html").get_attribute("class") or ""
