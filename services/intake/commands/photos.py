"""Photos of residents: each lies encrypted with the key of whose words it belongs to."""

import asyncio
import hashlib
import hmac
from collections.abc import Collection
from pathlib import Path
from uuid import UUID, uuid5

import obstore
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import LocalStore
from sqlalchemy import text

from contracts.intake import Attachment
from kernel.database import Database
from kernel.seal.box import NONCE
from kernel.seal.keyring import Keyring, Missing
from kernel.web.running import Running
from services.intake.commands.images import MIME, rewritten

AT_ONCE = 2
"""Pictures unfolded at the same time: each may take two hundred megabytes."""
KEEP = text("""
insert into intake.photo (issue, id, sha256, bytes, at)
values (:issue, :id, :sha256, :bytes, kernel.now()) on conflict do nothing
""")
KEPT = text("select id, sha256, bytes from intake.photo where issue = :issue order by at, id")
DROP = text("delete from intake.photo where issue = :issue and id = any(:ids)")


class Album:
    """`folder`: of this service's files."""

    def __init__(self, db: Database, keyring: Keyring, folder: Path) -> None:
        self.db, self.keyring, self.folder = db, keyring, folder
        self.limit = asyncio.Semaphore(AT_ONCE)

    @property
    def files(self) -> LocalStore:
        return LocalStore(self.folder, mkdir=True)

    async def keep(self, issue: UUID, raw: bytes, nth: int = 1) -> None:
        """Sent twice it is kept once. Raises Refused."""
        async with self.limit:
            plain = await asyncio.to_thread(rewritten, raw, nth)
        photo = uuid5(issue, hashlib.sha256(plain).hexdigest())
        subject = subject_of(issue)
        key = (await self.keyring.keys_of([subject]))[subject]
        box = closed(key, issue, photo, plain)
        await obstore.put_async(self.files, path_of(issue, photo), box)
        said = {"sha256": hashlib.sha256(box).hexdigest(), "bytes": len(box)}
        await self.db.do(KEEP, {"issue": issue, "id": photo, **said})

    async def kept(self, issue: UUID) -> tuple[Attachment, ...]:
        rows = await self.db.all(KEPT, issue=issue)
        return tuple(Attachment(mime=MIME, **row._mapping) for row in rows)

    async def drop(self, issue: UUID, photos: Collection[UUID]) -> None:
        await self.db.do(DROP, {"issue": issue, "ids": list(photos)})
        for photo in photos:
            await self._burn(path_of(issue, photo))

    async def burn(self, issue: UUID) -> None:
        """All of one matter: nobody could open them any more."""
        await self.drop(issue, [photo.id for photo in await self.kept(issue)])

    async def _burn(self, path: str) -> None:
        try:
            await obstore.delete_async(self.files, path)
        except FileNotFoundError:
            return

    async def open(self, issue: UUID, photo: UUID) -> bytes | Missing:
        key = (await self.keyring.find([subject_of(issue)]))[subject_of(issue)]
        if isinstance(key, Missing):
            return key
        try:
            found = await obstore.get_async(self.files, path_of(issue, photo))
        except FileNotFoundError:
            return Missing.NOT_YET
        box = bytes(await found.bytes_async())
        return AESGCM(key).decrypt(box[:NONCE], box[NONCE:], bound(issue, photo))


def subject_of(issue: UUID) -> str:
    return f"reporter/{issue}"


def path_of(issue: UUID, photo: UUID) -> str:
    return f"{issue}/{photo}"


def bound(issue: UUID, photo: UUID) -> bytes:
    return f"{subject_of(issue)}:photo:{photo}".encode()


def closed(key: bytes, issue: UUID, photo: UUID, plain: bytes) -> bytes:
    """The nonce is made of what is closed: the same photo sent twice is the same file, and two
    that differ never share one."""
    nonce = hmac.new(key, bound(issue, photo) + plain, hashlib.sha256).digest()[:NONCE]
    return nonce + AESGCM(key).encrypt(nonce, plain, bound(issue, photo))


def album_of(running: Running) -> Album:
    return Album(running.db, running.keyring, running.settings.data / "intake" / "photos")
