"""The gates of pages.md: every page can be read, reached and pressed, in every width and size."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ViewportSize

from tests.browser import gates
from tests.browser.looking import Look, looking
from tests.browser.scene import NINE, RESIDENTS, STAFF, Scene

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
SIZES = (0, 1, 2)
WIDTHS = (1440, 390, 320)
HEIGHT = 844
TWO = ((1440, 0), (390, 1))
"""Width and size in which axe looks at every page; at five pages it looks in all nine."""


@pytest.mark.parametrize("name", (*RESIDENTS, *STAFF))
async def test_a_page_keeps_to_the_gates(name: str, browser: Browser, scene: Scene) -> None:
    async with looking(browser, scene.address, scene.sights[name]) as look:
        found = [
            f"{name}, size {size}{trouble}"
            for size in SIZES
            async for trouble in troubles(look, name, size)
        ]
        assert found + look.abroad() + look.moaned == []


async def troubles(look: Look, name: str, size: int) -> AsyncIterator[str]:
    source, page = await look.open(size), look.page
    for bad in gates.inline(source) + await gates.half_width(page):
        yield f": {bad}"
    for bad in await gates.small_letters(page, size):
        yield f", letters: {bad}"
    for width in WIDTHS:
        await page.set_viewport_size(ViewportSize(width=width, height=HEIGHT))
        for bad in await gates.too_wide(page):
            yield f", {width} px, too wide: {bad}"
        if name in RESIDENTS:
            if (px := await gates.body_px(page)) < gates.BODY * gates.GROWN[size] - gates.SLACK:
                yield f", body: {px} px"
            for bad in await gates.small_targets(page, size):
                yield f", {width} px, target: {bad}"
        if name in NINE or (width, size) in TWO:
            for bad in await gates.unreadable(page):
                yield f", {width} px, axe: {bad}"


BAD = """<!doctype html><html lang="zh-CN"><head><title>坏页</title></head>
<body style="font-size: 10px; width: 3000px"><main><h1>看,这里</h1>
<button class="btn" onclick="go()">按</button><input class="in"></main></body></html>"""


async def test_a_bad_page_would_not_pass(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content(BAD)
    assert len(gates.inline(BAD)) == 2
    assert await gates.half_width(page) and await gates.too_wide(page)
    assert await gates.small_letters(page, 0) and await gates.small_targets(page, 0)
    assert await gates.body_px(page) < gates.BODY
    assert any("label" in bad for bad in await gates.unreadable(page))
    await page.close()
