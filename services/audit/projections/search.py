"""Which matters hold these words? Rows of keyed pairs of letters, beside the sealed texts."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.intake import IssueSubmitted, ReporterErased
from kernel.database import Database
from kernel.event import Event
from kernel.handle import Store
from kernel.read.fold import Heard, Trouble
from kernel.seal.keyring import Missing
from kernel.seal.sealed import Sealed
from services.audit.domain.grams import LEAST, grams, plain

NAME = "audit:search"
MOST_WORDS = 5

PUT = text("""
insert into audit.grams (subject, issue_id, grams) values (:subject, :issue, :grams)
on conflict (subject) do update set grams = excluded.grams
""")
HOLDING = "select issue_id from audit.grams where grams @>"
DROP = text("delete from audit.grams where subject = :subject")
FORGET = text("delete from audit.grams")
AGAIN = text("update kernel.checkpoints set seq = 0 where name = :name")


def secret_of(secret: bytes) -> bytes:
    return hmac.new(secret, b"search", hashlib.sha256).digest()


class Indexing:
    """Hears what a fold may not do, for it opens texts. A text goes into the row of the key that it
    was closed with; when the resident is forgotten, so is the row."""

    name, slow = NAME, True
    kinds: Mapping[str, type[Event]] = {
        kind.__name__: kind for kind in (IssueSubmitted, ReporterErased)
    }

    def __init__(self, store: Store) -> None:
        self.keyring, self.secret = store.keyring, secret_of(store.secret)

    async def take(self, conn: AsyncConnection, batch: Sequence[Heard]) -> list[Trouble]:
        raised = [h.fact for h in batch if isinstance(h.fact, IssueSubmitted)]
        await self.keyring.find([key for fact in raised for key in by_subject(fact)])  # at once
        troubles: list[Trouble] = []
        stuck: set[str] = set()
        for heard in batch:
            if heard.told.key in stuck:
                troubles.append(Trouble(heard.told, "behind", ""))
            elif trouble := await self._one(conn, heard):
                stuck.add(heard.told.key)
                troubles.append(trouble)
        return troubles

    async def _one(self, conn: AsyncConnection, heard: Heard) -> Trouble | None:
        match heard.fact:
            case IssueSubmitted() as fact:
                return await self._submitted(conn, heard, fact)
            case ReporterErased():
                await conn.execute(DROP, {"subject": f"reporter/{heard.told.key}"})
                return None
            case _:
                return Trouble(heard.told, heard.state, heard.trouble)

    async def _submitted(
        self, conn: AsyncConnection, heard: Heard, fact: IssueSubmitted
    ) -> Trouble | None:
        for subject, tokens in by_subject(fact).items():
            found = await self.keyring.open(tokens)
            if Missing.NOT_YET in found:  # its key is still on the way
                return Trouble(heard.told, "retrying", "key-not-yet")
            told = [one for one in found if isinstance(one, str)]
            marks = {mark for one in told for mark in grams(self.secret, one)}
            if marks:
                row = {"subject": subject, "issue": heard.told.key, "grams": sorted(marks)}
                await conn.execute(PUT, row)
        return None


def by_subject(fact: IssueSubmitted) -> dict[str, list[str]]:
    """What may be searched, by the key that closes it: never the resident's own words."""
    texts: list[Sealed] = [fact.title, fact.text_redacted]
    texts += [fact.location.place] if fact.location.place else []
    found: dict[str, list[str]] = {}
    for one in texts:
        found.setdefault(one.subject, []).append(one.token)
    return found


async def holding(db: Database, secret: bytes, words: Sequence[str]) -> list[str]:
    """Matters that hold each of the words, or letters that look like them: who shows them opens
    the text and looks."""
    words = [word for word in words if len(plain(word)) >= LEAST][:MOST_WORDS]
    if not words:
        return []
    marks = {f"w{n}": grams(secret_of(secret), word) for n, word in enumerate(words)}
    each = [f"{HOLDING} cast(:{name} as bigint[])" for name in marks]
    rows = await db.all(text(" intersect ".join(each)), **marks)
    return [row.issue_id for row in rows]


async def look_again(db: Database) -> None:
    """Builds the rows anew from the journal: after a loss, or when the secret was changed."""
    async with db.begin() as conn:
        await conn.execute(AGAIN, {"name": NAME})
        await conn.execute(FORGET)
