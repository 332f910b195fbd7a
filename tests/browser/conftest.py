"""One trial city and one browser for all; a context of its own for each person in a test."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.browser.finding import FLAGS, chromium
from tests.browser.looking import DESK, PHONE
from tests.browser.scene import Scene, shared
from tests.journeys.trial import Trial
from tests.servers import run_folder
from trial.living.people import PASSWORD

PATIENCE = 40


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def scene(trial: Trial) -> Scene:
    return await shared(trial.address, run_folder())


class Person:
    """Somebody at a screen: `page` is what they see."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context, self.page, self.address = context, page, address

    async def go(self, path: str) -> None:
        await self.page.goto(self.address + path)

    async def go_until(self, path: str, selector: str) -> None:
        """What one service took, another hears of a little later."""
        for _ in range(PATIENCE):
            await self.go(path)
            if await self.page.locator(selector).count():
                return
            await asyncio.sleep(0.5)
        raise AssertionError(f"{selector} does not come on {path}")

    async def sign_in(self, login: str, to: str = "/console/desk") -> None:
        await self.go(f"/console/sign-in?next={to}")
        await self.page.fill("#login", login)
        await self.page.fill("#password", PASSWORD)
        await self.page.click("button[type=submit]:has-text('登录')")
        await self.page.wait_for_url(f"**{to}")


@pytest.fixture
async def resident(browser: Browser, trial: Trial) -> AsyncIterator[Person]:
    """On a cheap phone, without JavaScript."""
    context = await browser.new_context(
        viewport=PHONE, locale="zh-CN", java_script_enabled=False, is_mobile=True
    )
    yield Person(context, await context.new_page(), trial.address)
    await context.close()


@pytest.fixture
async def clerk(browser: Browser, trial: Trial) -> AsyncIterator[Person]:
    """At a desk, with JavaScript."""
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    yield Person(context, await context.new_page(), trial.address)
    await context.close()
