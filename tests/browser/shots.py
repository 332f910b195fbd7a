"""Our pages beside the prototype's, as pictures for docs/.

python -m tests.browser.shots <address of a city> <folder of the prototype's pictures>
"""

import asyncio
import io
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.async_api import Browser, ViewportSize, async_playwright

from tests.browser.finding import FLAGS, chromium
from tests.browser.looking import DESK, PHONE, Look, looking
from tests.browser.scene import TOWN, Scene, Sight, shared

DOCS = Path(__file__).parents[2] / "docs"
TALLEST, GAP, PAPER = 1000, 24, "white"
MOST = {"page": 150_000, "case": 200_000}
"""Bytes of a picture, by what it is for."""
SETTLED = 700
"""The numbers of the menu come a little after the page; in ms."""
TRIES = ((1.0, 128), (0.85, 128), (0.7, 128), (0.6, 128), (0.5, 64))
"""Scale and colours."""


class Pair(NamedTuple):
    """A page, the picture of it that was drawn first, and the screen."""

    page: str
    drawn: str
    screen: ViewportSize


PAIRS = (
    Pair("form", "report-m", PHONE),
    Pair("receipt", "receipt-m", PHONE),
    Pair("tracking", "track-m", PHONE),
    Pair("queue", "queue-d", DESK),
    Pair("case", "case-d", DESK),
    Pair("topic", "topic-d", DESK),
    Pair("decision", "decision-d", DESK),
    Pair("desk", "desk-d", DESK),
    Pair("notices", "notices-d", DESK),
    Pair("history", "history-d", DESK),
    Pair("sign-in", "signin-d", DESK),
    Pair("search", "search-d", DESK),
    Pair("check-in", "checkin-d", DESK),
)


async def taken(look: Look, screen: ViewportSize, *, whole: bool = True) -> Image.Image:
    await look.page.set_viewport_size(screen)
    await look.open(0)
    await look.page.wait_for_timeout(SETTLED)
    return Image.open(io.BytesIO(await look.page.screenshot(full_page=whole))).convert("RGB")


def beside(ours: Image.Image, drawn: Image.Image) -> Image.Image:
    """Ours on the left, as much of it as was drawn; both to one scale."""
    tall = drawn.height
    both = Image.new("RGB", (ours.width + GAP + drawn.width, tall), PAPER)
    both.paste(ours.crop((0, 0, ours.width, min(tall, ours.height))), (0, 0))
    both.paste(drawn, (ours.width + GAP, 0))
    scale = min(1, TALLEST / tall)
    return both.resize((int(both.width * scale), int(tall * scale)))


def keep(picture: Image.Image, path: Path, most: int) -> None:
    """As large and with as many colours as fit into so many bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for scale, colours in TRIES:
        small = picture.resize((int(picture.width * scale), int(picture.height * scale)))
        small.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= most:
            return
    raise SystemExit(f"{path} does not fit into {most} bytes")


async def sights(browser: Browser, scene: Scene) -> dict[str, Sight]:
    """Where 培黎 has worked for weeks, there is more to see than in a matter made for a test."""
    async with looking(browser, scene.address, Sight("/console/cases?lane=STREET", TOWN)) as look:
        await look.open(0)
        oldest = str(await look.page.locator("[data-row] a").first.get_attribute("href"))
    return {
        **scene.sights,
        "queue": Sight("/console/queue", "peili-station-staff"),
        "case": Sight(oldest, TOWN),
        "history": Sight(oldest.replace("cases", "history"), TOWN),
        "desk": Sight("/console/desk", "peili1-community-liaison"),
        "notices": Sight("/console/notices", "peili1-community-liaison"),
    }


async def main(address: str, drawn: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scene = await shared(address.rstrip("/"), Path(folder))
    async with async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        seen = await sights(browser, scene)
        for pair in PAIRS:
            async with looking(browser, scene.address, seen[pair.page]) as look:
                ours = await taken(look, pair.screen)
            both = beside(ours, Image.open(drawn / f"{pair.drawn}.png").convert("RGB"))
            keep(both, DOCS / "pages" / f"{pair.page}.png", MOST["page"])
        async with looking(browser, scene.address, seen["case"]) as look:
            case = await taken(look, DESK, whole=False)
        keep(case, DOCS / "case.png", MOST["case"])
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
