"""What every page must keep to, measured in the browser that shows it (pages.md 5, 6, 9)."""

import json
import re
from collections.abc import Iterable
from html.parser import HTMLParser

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

AXE = Axe()
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
SMALLEST = 14.0
"""Of letters, in px: 0.875 rem."""
TARGET = 44.0
BODY = 17.0
GROWN = (1.0, 1.4, 1.8)
"""How much larger everything is in each size of the elder mode."""
SLACK = 0.1
"""Browsers lay out in 64ths of a px."""
HALF = re.compile(r"[\u4e00-\u9fff][,.:;!?()]")

LETTERS = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getClientRects().length && !e.closest('svg, .vh, select option') &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .map(e => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim().slice(0, 20)])"""
TARGETS = """() => [...document.querySelectorAll(
    '.btn, .in, .choice, .call, summary, .brand, .foot nav a, .names a, .tiles a')]
  .filter(e => e.getClientRects().length)
  .map(e => [e.getBoundingClientRect().height, e.className + ': ' +
    e.textContent.trim().slice(0, 20)])"""
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .rail'))
    .map(e => e.tagName + '.' + e.getAttribute('class')).slice(0, 4)
    .concat(document.documentElement.scrollWidth + ' px wide')"""
SAID = """() => [document.title, document.body.innerText,
  ...[...document.querySelectorAll('[placeholder], [aria-label]')]
    .map(e => (e.placeholder || '') + ' ' + (e.getAttribute('aria-label') || ''))].join('\\n')"""
SEEN = """ring => { const e = document.activeElement;
  if (e === document.body) return true; // before the first stop and after the last
  const s = getComputedStyle(e), box = e.getClientRects()[0];
  const within = (from, to, end) => Math.min(Math.max((from + to) / 2, 1), end - 2);
  const top = document.elementFromPoint(
    within(box.left, box.right, innerWidth), within(box.top, box.bottom, innerHeight));
  return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= ring &&
    !!top && (e.contains(top) || !!top.closest('label')?.contains(e)) }"""
RING, SCROLLED = 3.0, 2000
"""Of the focus, in px; how long a page may take to bring it into view, in ms."""


async def unreadable(page: Page) -> list[str]:
    """What axe finds: rule, how many, the first."""
    found = await AXE.run(page, options=dict(RULES))
    return [
        f"{one['id']} ×{len(one['nodes'])}: {one['nodes'][0]['html'][:160]}"
        for one in found.response["violations"]
    ]


async def too_small(page: Page, script: str, least: float) -> list[str]:
    return [f"{px:.1f} px {what}" for px, what in await page.evaluate(script) if px < least - SLACK]


async def small_letters(page: Page, size: int) -> list[str]:
    return await too_small(page, LETTERS, SMALLEST * GROWN[size])


async def small_targets(page: Page, size: int) -> list[str]:
    return await too_small(page, TARGETS, TARGET * GROWN[size])


async def body_px(page: Page) -> float:
    px: float = await page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
    return px


async def too_wide(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(WIDER)
    return found


async def half_width(page: Page) -> list[str]:
    """Latin punctuation after a Chinese character."""
    said: str = await page.evaluate(SAID)
    return [said[max(0, one.start() - 10) : one.end() + 5] for one in HALF.finditer(said)]


async def tab_to(page: Page, selector: str, most: int = 90) -> None:
    """With the Tab key alone; wherever it stops, one sees where."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        await page.wait_for_function(SEEN, arg=RING - SLACK, timeout=SCROLLED)
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{most} presses of Tab do not lead to {selector}")


class Inline(HTMLParser):
    """Scripts and styles that stand in the page itself: the policy lets none of them work."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        bad = [name for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given):
            bad.append(tag)
        self.found += [f"<{tag} {json.dumps(given)}>: {name}" for name in bad]


def inline(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found
