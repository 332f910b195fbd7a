"""Who uses no mouse deals with a matter from the queue to the answer, and always sees where."""

import re
from contextlib import suppress

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Error, Page, expect

from tests.browser.conftest import Person
from tests.browser.gates import tab_to
from tests.browser.scene import LIAISON, REPLY, STATION, TIANSHUINAN, by_somebody
from tests.journeys.trial import city_at
from trial.living.deeds import Matter
from trial.living.people import PASSWORD
from trial.living.said import LAMP

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""A browser drops keys that come before a page's first picture."""
LANES = {"1": "GRID", "2": "COMMUNITY", "3": "STREET"}


async def test_from_the_queue_to_the_answer_by_keyboard_alone(clerk: Person) -> None:
    async with AsyncClient(base_url=clerk.address, timeout=60, trust_env=False) as http:
        matter = await city_at(http).submit(TIANSHUINAN, by_somebody(LAMP))
    await sign_in(clerk, STATION, "/console/queue")
    await clerk.go_until("/console/queue", f"[data-row] a[href*='{matter.id}']")
    await choose(clerk.page, matter)
    await route(clerk.page)
    await sign_in(clerk, LIAISON, f"/console/cases/{matter.id}")
    await work(clerk.page)
    await answer(clerk.page)


async def sign_in(clerk: Person, login: str, to: str) -> None:
    await clerk.go(f"/console/sign-in?next={to}")
    await tab_to(clerk.page, "#login")
    await clerk.page.keyboard.type(login)
    await tab_to(clerk.page, "#password")
    await clerk.page.keyboard.type(PASSWORD)
    await enter(clerk.page)
    await expect(clerk.page).to_have_url(clerk.address + to)


async def enter(page: Page, key: str = "Enter") -> None:
    async with page.expect_navigation():
        await page.keyboard.press(key)
    await painted(page)


async def painted(page: Page) -> None:
    """A page that sends on at once ends what waits for its picture: then the next one counts."""
    for _ in range(3):
        with suppress(Error):
            await page.wait_for_load_state()
            await page.evaluate(PAINTED)
            return
    raise AssertionError(f"{page.url} sends on without an end")


async def choose(page: Page, matter: Matter) -> None:
    """Down the rows to that one. A busy browser may drop a key: it is pressed once more."""
    await painted(page)
    for _ in range(2 * await page.locator("[data-row]").count()):
        if str(matter.id) in str(await page.evaluate("() => document.activeElement.href")):
            break
        await page.keyboard.press("j")
        await page.evaluate(PAINTED)
    await enter(page)
    await expect(page).to_have_url(re.compile(str(matter.id)))


async def route(page: Page) -> None:
    suggested = await page.locator("[name=lane]:checked").input_value()
    for key, lane in LANES.items():
        await page.keyboard.press(key)
        assert (await page.locator("[name=lane]:checked").input_value()).startswith(lane)
    await tab_to(page, "#affected_hh")
    await page.keyboard.type("6")
    await page.keyboard.press("Escape")  # out of the field, where letters are no keys
    keys = {lane: key for key, lane in LANES.items()}
    await page.keyboard.press(keys[suggested.partition(":")[0]])
    await enter(page, "a")
    await expect(page.locator(".notice.good")).to_contain_text("已受理并分派")


async def work(page: Page) -> None:
    """Signed, the resident reached, begun, and one line of progress."""
    await press(page, "sign")
    await tab_to(page, "#reached")
    await page.keyboard.press("Space")
    await press(page, "contact-made")
    await press(page, "start")
    await page.keyboard.press("p")
    await page.keyboard.type("和物业一起看过，换了两盏灯。")
    await press(page, "progress")
    await expect(page.locator(".trail")).to_contain_text("换了两盏灯")


async def press(page: Page, form: str) -> None:
    await tab_to(page, f"form[action$='/{form}'] button")
    await enter(page)


async def answer(page: Page) -> None:
    await tab_to(page, "a[href$='/answer']")
    await enter(page)
    await tab_to(page, "[name=result]")
    await page.keyboard.press("Space")
    await tab_to(page, "#reply")
    await page.keyboard.type(REPLY)
    await tab_to(page, "#no_meeting_reason")
    await page.keyboard.type("当天修好，不用开会")
    await press(page, "answer")
    await expect(page.locator("h1 + .state")).to_have_text("已答复待评价")
