"""Photos of one service: each lies encrypted with the key of whose words it belongs to.

They come before the fact that names them, form by form: what else was wrong with a form must not
lose what was sent with it. What no fact names within a day is swept.
"""

import asyncio
import hashlib
import hmac
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid5

import obstore
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import LocalStore
from sqlalchemy import Row, TextClause, text
from starlette.datastructures import UploadFile

from album import MOST_BYTES, MOST_FILES
from album.images import MIME, rewritten
from contracts.intake import Attachment
from kernel.database import Database
from kernel.decider import Refused
from kernel.seal.box import NONCE
from kernel.seal.keyring import Missing
from kernel.web.running import Running

UNFOLDING = ThreadPoolExecutor(2, "photo")
"""For two pictures at the same time: each may take two hundred megabytes."""
MOST_KEPT = 30
"""Of one form at a time; nine of them may be named."""
NO_FORM = UUID(int=0)
KEEP = """
insert into {schema}.photo (issue, form, id, sha256, bytes, at)
values (:issue, :form, :id, :sha256, :bytes, kernel.now())
on conflict (issue, id) do update set form = excluded.form,
  at = case when photo.at > kernel.now() - interval '24 hours' then photo.at else excluded.at end
"""
# An hour before it may be swept nobody is shown it any more: what a desk has just seen stays.
FRESH = """
select id, sha256, bytes from {schema}.photo
 where at > kernel.now() - interval '24 hours' and """
KEPT = FRESH + "form = :form order by at, id"
SENT = FRESH + "issue = :issue and id = any(:ids)"
LEAVE_OUT = "update {schema}.photo set form = :none where form = :form and id = any(:ids)"
OF_ISSUE = "select id from {schema}.photo where issue = :issue"
DROP = "delete from {schema}.photo where issue = :issue and id = any(:ids) returning id"
DROP_AGED = DROP.replace(
    " returning", " and not named and at < kernel.now() - interval '25 hours' returning"
)
NAMED = "update {schema}.photo set named = true where issue = :issue and id = any(:ids)"
AGED = """
select issue, id from {schema}.photo
 where not named and at < kernel.now() - interval '25 hours' order by at limit 500
"""


class Album:
    """`kind` of the subject whose key closes them: `reporter`, or `case` for what staff took."""

    def __init__(self, running: Running, kind: str) -> None:
        self.db, self.keyring, self.kind = running.db, running.keyring, kind
        self.schema = running.service.name
        self.folder = running.settings.data / self.schema / "photos"

    @property
    def files(self) -> LocalStore:
        return LocalStore(self.folder, mkdir=True)

    def sql(self, statement: str) -> TextClause:
        return text(statement.format(schema=self.schema))

    def subject_of(self, issue: UUID) -> str:
        return f"{self.kind}/{issue}"

    async def keep_all(
        self, issue: UUID, form: UUID, files: Sequence[UploadFile]
    ) -> Refused | None:
        """Those that can be kept are, whatever is wrong with the others: the first no of these."""
        given = [file for file in files if file.size]
        if len(given) + len(await self.kept(form)) > MOST_KEPT:
            return Refused("too-many-photos", most=MOST_FILES)
        noes: list[Refused] = []
        for nth, file in enumerate(given, 1):
            try:
                await self.keep(issue, form, await file.read(MOST_BYTES + 1), nth)
            except Refused as no:
                noes.append(no)
        return noes[0] if noes else None

    async def keep(self, issue: UUID, form: UUID, raw: bytes, nth: int = 1) -> Attachment:
        """Sent twice with one form it is kept once. Raises Refused."""
        loop = asyncio.get_running_loop()
        plain = await loop.run_in_executor(UNFOLDING, rewritten, raw, nth)
        photo, subject = uuid5(form, hashlib.sha256(plain).hexdigest()), self.subject_of(issue)
        key = (await self.keyring.keys_of([subject]))[subject]
        box = closed(key, bound(subject, photo), plain)
        await obstore.put_async(self.files, path_of(issue, photo), box)
        mark = hashlib.sha256(box).hexdigest()
        kept = Attachment(id=photo, mime=MIME, sha256=mark, bytes=len(box))
        await self.db.do(self.sql(KEEP), {"issue": issue, "form": form, **row_of(kept)})
        return kept

    async def kept(self, form: UUID) -> tuple[Attachment, ...]:
        """What one form has sent so far."""
        return read(await self.db.all(self.sql(KEPT), form=form))

    async def gone(self, form: UUID, promised: Collection[UUID]) -> Refused | None:
        """Where somebody was told that these are here, and took a day to go on."""
        here = {photo.id for photo in await self.kept(form)} if promised else set()
        return None if here.issuperset(promised) else Refused("photos-gone")

    async def leave_out(self, form: UUID, photos: Collection[UUID]) -> None:
        """The form goes on without them. The files stay until they are swept: a fact may just
        have named one."""
        asked = {"none": NO_FORM, "form": form, "ids": list(photos)}
        await self.db.do(self.sql(LEAVE_OUT), asked)

    async def sweep(self, told_of: Callable[[UUID], Awaitable[Collection[UUID]]]) -> None:
        """`told_of`: the photos that facts of a matter name."""
        aged: dict[UUID, set[UUID]] = defaultdict(set)
        for row in await self.db.all(self.sql(AGED)):
            aged[row.issue].add(row.id)
        for issue, photos in aged.items():
            told = photos.intersection(await told_of(issue))
            await self.db.do(self.sql(NAMED), {"issue": issue, "ids": list(told)})
            await self._drop(DROP_AGED, issue, photos - told)  # one may just have come again

    async def burn(self, issue: UUID) -> None:
        """All of one matter: nobody could open them any more."""
        rows = await self.db.all(self.sql(OF_ISSUE), issue=issue)
        await self._drop(DROP, issue, [row.id for row in rows])

    async def _drop(self, sql: str, issue: UUID, photos: Collection[UUID]) -> None:
        for row in await self.db.all(self.sql(sql), issue=issue, ids=list(photos)):
            with suppress(FileNotFoundError):
                await obstore.delete_async(self.files, path_of(issue, row.id))

    async def open(self, issue: UUID, photo: UUID) -> bytes | Missing:
        subject = self.subject_of(issue)
        key = (await self.keyring.find([subject]))[subject]
        if isinstance(key, Missing):
            return key
        try:
            found = await obstore.get_async(self.files, path_of(issue, photo))
        except FileNotFoundError:
            return Missing.NOT_YET
        box = bytes(await found.bytes_async())
        return AESGCM(key).decrypt(box[:NONCE], box[NONCE:], bound(subject, photo))


async def sent(
    db: Database, schema: str, issue: UUID, photos: Sequence[Attachment]
) -> tuple[Attachment, ...]:
    """Those of them that this service was really sent for this matter, as it keeps them."""
    ids = [photo.id for photo in photos]
    return read(await db.all(text(SENT.format(schema=schema)), issue=issue, ids=ids))


def read(rows: Iterable[Row[Any]]) -> tuple[Attachment, ...]:
    return tuple(Attachment(mime=MIME, **row._mapping) for row in rows)


def row_of(photo: Attachment) -> dict[str, object]:
    return {"id": photo.id, "sha256": photo.sha256, "bytes": photo.bytes}


def path_of(issue: UUID, photo: UUID) -> str:
    return f"{issue}/{photo}"


def bound(subject: str, photo: UUID) -> bytes:
    return f"{subject}:photo:{photo}".encode()


def closed(key: bytes, bound_to: bytes, plain: bytes) -> bytes:
    """The nonce is made of what is closed: the same photo sent twice is the same file, and two
    that differ never share one."""
    nonce = hmac.new(key, bound_to + plain, hashlib.sha256).digest()[:NONCE]
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)
