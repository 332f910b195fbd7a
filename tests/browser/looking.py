"""One page of the city on one screen, and what it did while it was opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.browser.scene import Sight
from trial.living.people import PASSWORD

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)
ABSENT = "status of 404"
"""A browser's complaint about a page that is not there; this is what it shall say."""


class Look:
    def __init__(self, page: Page, address: str, sight: Sight) -> None:
        self.page, self.address, self.sight = page, address, sight
        self.asked: list[str] = []
        self.moaned: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.moaned.append(str(error)))
        page.on("console", self.hear)

    def hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and ABSENT not in said.text:
            self.moaned.append(said.text)

    async def open(self, size: int) -> str:
        """Its source, as somebody gets it who reads in that size."""
        cookie = {"name": "elder", "value": str(size), "url": self.address}
        await self.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict
        answer = await self.page.goto(self.address + self.sight.path)
        assert answer and unquote(answer.url) == self.address + self.sight.path, answer
        return await answer.text()

    def abroad(self) -> list[str]:
        """Requests that left this machine."""
        return [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]


@asynccontextmanager
async def looking(browser: Browser, address: str, sight: Sight) -> AsyncIterator[Look]:
    context = await browser.new_context(viewport=DESK, locale="zh-CN")
    await enter(context, address, sight)
    yield Look(await context.new_page(), address, sight)
    await context.close()


async def enter(context: BrowserContext, address: str, sight: Sight) -> None:
    """As the person whose page it is."""
    if sight.login:
        form: dict[str, str | float | bool] = {"login": sight.login, "password": PASSWORD}
        answer = await context.request.post(f"{address}/console/sign-in", form=form)
        assert answer.ok, await answer.text()
    if matter := sight.matter:
        await context.request.get(f"{address}/i/{matter.code}?k={matter.key}")
