"""Which matters does a seat find by what was typed, and where do the words stand?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from kernel.database import Database
from kernel.decider import Actor
from kernel.handle import Store
from services.audit.domain.grams import LEAST, plain, spans
from services.audit.domain.said import Text
from services.audit.projections.matters import DIGITS, among
from services.audit.projections.opening import Reader, Shown, opened
from services.audit.projections.search import MOST_WORDS, holding

MOST, PAGE = 500, 20
LEAST_DIGITS = 4
BEFORE, AFTER = 16, 48
"""Letters of the passage round the first hit."""

Pieces = tuple[tuple[str, bool], ...]
"""A passage cut where words stand: (text, whether it was looked for)."""


@dataclass(frozen=True, slots=True)
class Query:
    """`words` of two letters and more, and `code` where it may be the beginning of one."""

    typed: str
    words: tuple[str, ...]
    code: str

    @property
    def empty(self) -> bool:
        return not (self.words or self.code)


@dataclass(frozen=True, slots=True)
class Hit:
    issue_id: str
    code: str
    org: str
    stage: str
    submitted_at: datetime
    title: Shown
    passage: Pieces
    place: Shown | None


@dataclass(frozen=True, slots=True)
class Found:
    """`more`: so many look alike that only the newest were looked at."""

    hits: tuple[Hit, ...]
    more: bool = False


def query_of(typed: str) -> Query:
    words = [word for word in typed.split() if len(plain(word)) >= LEAST][:MOST_WORDS]
    digits = plain(typed).replace("-", "")
    is_code = digits.isascii() and digits.isdecimal() and LEAST_DIGITS <= len(digits) <= DIGITS
    return Query(typed, tuple(words), digits if is_code else "")


async def found(store: Store, by: Actor, query: Query) -> Found:
    """The rows of pairs only hint at a matter: what counts is the text, opened for this seat."""
    db: Database = store.db
    hints = await holding(db, store.secret, query.words)
    rows = await among(db, by, hints, query.code, MOST)
    shown = await opened(store.keyring, Reader(by), [t for row in rows for t in texts_of(row)])
    hits = [hit for row in rows if (hit := hit_of(row, query, shown)) is not None]
    return Found(tuple(hits), more=len(rows) >= MOST)


def texts_of(row: Row[Any]) -> list[Text]:
    place = [Text("地点", row.place)] if row.place else []
    return [Text("事由", row.title), Text("公开的文字", row.words), *place]


def hit_of(row: Row[Any], query: Query, shown: dict[str, Shown]) -> Hit | None:
    title, words, *place = (shown[text.token] for text in texts_of(row))
    texts = [one.text for one in (title, words, *place) if one.text]
    if not (by_code(row.code, query) or by_words(texts, query)):
        return None
    return Hit(
        issue_id=row.issue_id,
        code=row.code,
        org=row.target,
        stage=row.stage,
        submitted_at=row.submitted_at,
        title=title,
        passage=passage(words.text or "", query.words),
        place=place[0] if place else None,
    )


def by_code(code: str, query: Query) -> bool:
    return bool(query.code) and code.startswith(query.code)


def by_words(texts: list[str], query: Query) -> bool:
    held = [any(plain(word) in plain(text) for text in texts) for word in query.words]
    return bool(held) and all(held)


def passage(text: str, words: tuple[str, ...]) -> Pieces:
    """As much of the text as shows the first of the words in its place."""
    first, last = next(iter(hits_in(text, words)), (0, 0))
    start, end = max(first - BEFORE, 0), last + AFTER
    pieces = marked(text, words, start, end)
    before, after = ("……" if start else ""), ("……" if end < len(text) else "")
    return tuple(piece for piece in ((before, False), *pieces, (after, False)) if piece[0])


def marked(text: str, words: tuple[str, ...], start: int = 0, end: int | None = None) -> Pieces:
    """Cut where words stand; those that overlap are marked once."""
    pieces: list[tuple[str, bool]] = []
    at, end = start, len(text) if end is None else min(end, len(text))
    for first, last in hits_in(text, words):
        if at <= first and last <= end:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    return tuple(piece for piece in (*pieces, (text[at:end], False)) if piece[0])


def hits_in(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    return sorted(span for word in words for span in spans(text, word))
