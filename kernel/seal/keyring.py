"""The keys of sealed texts: made once, told to those who may read, destroyed once and for ever."""

import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import TextClause, text

from kernel.database import Database
from kernel.decider import Refused
from kernel.event import Event
from kernel.seal.box import NONCE, Sealer, open_with
from kernel.seal.sealed import parts, plain_texts, subject_of

MOST_CACHED, CACHED_FOR = 10_000, 60.0
MOST_NAME = 200

FIND = text("""
select subject, wrapped from kernel.keys where subject = any(:subjects) and private = :private
""")
MAKE = text("""
with made as (
  insert into kernel.keys (subject, wrapped, ours, private, since)
  select subject, wrapped, true, :private, kernel.now()
    from unnest(cast(:subjects as text[]), cast(:wrapped as bytea[])) as k(subject, wrapped)
   order by subject on conflict do nothing returning subject, wrapped
), queued as (
  insert into kernel.key_queue (subject) select subject from made where not :private)
select subject, wrapped from made union all
select subject, wrapped from kernel.keys where subject = any(:subjects) and private = :private
""")
DESTROY = text("""
with gone as (
  insert into kernel.keys (subject, wrapped, ours, private, since, destroyed_at)
  values (:subject, null, true, :private, kernel.now(), kernel.now())
  on conflict (subject) do update set wrapped = null, destroyed_at = excluded.destroyed_at,
      ours = true  -- who was put back to a backup may have heard of its own key only
    where keys.destroyed_at is null and keys.private = excluded.private
  returning subject)
insert into kernel.key_queue (subject) select subject from gone where not :private
""")
HEAR = text("""
insert into kernel.keys (subject, wrapped, ours, since, destroyed_at)
select subject, wrapped, false, kernel.now(), case when wrapped is null then kernel.now() end
  from unnest(cast(:subjects as text[]), cast(:wrapped as bytea[])) as k(subject, wrapped)
 order by subject on conflict (subject) do update
   set wrapped = null, destroyed_at = coalesce(keys.destroyed_at, excluded.destroyed_at)
 where excluded.wrapped is null and not keys.private  -- an end is for ever, whatever comes later
""")


class Missing(Enum):
    """Why a text cannot be shown; the words for it are the page's."""

    ERASED = "erased"
    NOT_YET = "not-yet"


class Keyring:
    """`kek` wraps every key here; without it nothing can be closed or opened.

    A private keyring's keys are told to nobody; neither kind finds or ends a key of the other.
    """

    def __init__(self, db: Database, kek: bytes | None, private: bool = False) -> None:
        self.db, self._kek, self.private = db, AESGCM(kek) if kek else None, private
        self.cache: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self.forgotten = 0

    @property
    def kek(self) -> AESGCM:
        if self._kek is None:
            raise LookupError("this service was given no key for sealed texts (MAZHA_SUBJECT_KEY)")
        return self._kek

    def forget(self, subject: str) -> None:
        self.cache.pop(subject, None)
        self.forgotten += 1

    async def sealer(self, key: str, facts: Iterable[Event]) -> Sealer:
        """Makes the missing keys first: what is told sealed must be openable by its owner."""
        subjects = {subject_of(text, key) for fact in facts for text in plain_texts(fact)}
        return Sealer(await self.keys_of(subjects) if subjects else {}, key)

    async def keys_of(self, subjects: Iterable[str]) -> dict[str, bytes]:
        """For writing: fetched, or made. Refused when one of them was destroyed."""
        found = {subject: self._cached(subject) for subject in subjects}
        if missing := _lacking(found):
            found |= await self._made(missing)
        if beside := _lacking(found):  # another made it while we did
            found |= await self.find(beside)
        if Missing.ERASED in found.values():
            raise Refused("erased")
        if others := _lacking(found):
            raise LookupError(f"{others[0]} has a key already, of the other kind")
        return {subject: key for subject, key in found.items() if isinstance(key, bytes)}

    async def find(self, subjects: Iterable[str]) -> dict[str, bytes | Missing]:
        found = {subject: self._cached(subject) for subject in subjects}
        if asked := _lacking(found):
            found |= await self._read(FIND, subjects=asked)
        return found

    async def _made(self, subjects: Sequence[str]) -> dict[str, bytes | Missing]:
        wrapped = [self._wrap(subject, AESGCM.generate_key(256)) for subject in subjects]
        return await self._read(MAKE, subjects=subjects, wrapped=wrapped)

    async def _read(self, sql: TextClause, **values: object) -> dict[str, bytes | Missing]:
        forgotten = self.forgotten
        rows = await self.db.all(sql, private=self.private, **values)
        keys = {r.subject: self._unwrap(r.subject, r.wrapped) for r in rows if r.wrapped}
        if forgotten == self.forgotten:  # else one of them may have been destroyed meanwhile
            until = time.monotonic() + CACHED_FOR
            self.cache |= {subject: (until, key) for subject, key in keys.items()}
        while len(self.cache) > MOST_CACHED:
            self.cache.popitem(last=False)
        return {r.subject: keys.get(r.subject, Missing.ERASED) for r in rows}

    async def open(self, tokens: Sequence[str]) -> list[str | Missing]:
        """The texts in the order of their tokens. Raises Broken when one was tampered with."""
        subjects = [parts(token)[0] for token in tokens]
        keys = await self.find(subjects)
        found = zip((keys[subject] for subject in subjects), tokens, strict=True)
        return [k if isinstance(k, Missing) else open_with(k, token) for k, token in found]

    async def destroy(self, subject: str) -> None:
        """Nothing closed under it can be read any more, anywhere it was told.

        Another process may have it at hand for a minute.
        """
        await self.db.do(DESTROY, {"subject": subject, "private": self.private})
        self.forget(subject)
        if (await self.find([subject]))[subject] is not Missing.ERASED:
            raise LookupError(f"{subject}: its key is another's, or of the other kind")

    def _wrap(self, subject: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self.kek.encrypt(nonce, key, subject.encode())

    def _unwrap(self, subject: str, wrapped: bytes) -> bytes:
        return self.kek.decrypt(wrapped[:NONCE], wrapped[NONCE:], subject.encode())

    def end(self, subject: str) -> bytes:
        """What tells that its key was destroyed: only who has the KEK can say so."""
        return self._wrap(subject, b"")

    def told(self, subject: str, wrapped: bytes | None) -> bytes | None:
        """The key as it was told, or None for its end. Raises ValueError: nobody here told that."""
        if not (0 < len(subject) <= MOST_NAME and subject.isascii() and subject.isprintable()):
            raise ValueError("not the name of a key")
        try:
            return wrapped if self._unwrap(subject, wrapped or b"") else None
        except InvalidTag:
            raise ValueError("wrapped by nobody here") from None

    def _cached(self, subject: str) -> bytes | Missing:
        until, key = self.cache.get(subject, (0.0, b""))
        if until > time.monotonic():
            return key
        self.cache.pop(subject, None)
        return Missing.NOT_YET


def _lacking(found: Mapping[str, bytes | Missing]) -> list[str]:
    return [subject for subject, key in found.items() if key is Missing.NOT_YET]
