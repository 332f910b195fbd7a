"""Who a person is: kept by one service alone, under a key of their own, until they ask."""

import os
from collections.abc import Mapping

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from kernel.database import Database
from kernel.seal.box import NONCE
from kernel.seal.keyring import Keyring, Missing

PUT = text("""
insert into kernel.vault (person, box, at) values (:person, :box, kernel.now())
on conflict (person) do update set box = excluded.box, at = excluded.at
""")
GET = text("select person, box from kernel.vault where person = any(:people)")
DROP = text("delete from kernel.vault where person = :person")

Card = Mapping[str, str]


class Vault:
    """`keyring` must be a private one: nobody else ever opens a card."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        self.db, self.keyring = db, keyring

    async def put(self, person: str, card: Card) -> None:
        subject = _subject(person)
        key = (await self.keyring.keys_of([subject]))[subject]
        nonce = os.urandom(NONCE)
        box = nonce + AESGCM(key).encrypt(nonce, orjson.dumps(card), subject.encode())
        await self.db.do(PUT, {"person": person, "box": box})

    async def get(self, person: str) -> Card | Missing:
        return (await self.get_many([person]))[person]

    async def get_many(self, people: list[str]) -> dict[str, Card | Missing]:
        keys = await self.keyring.find([_subject(person) for person in people])
        boxes = {row.person: row.box for row in await self.db.all(GET, people=people)}
        return {p: _opened(keys[_subject(p)], _subject(p), boxes.get(p)) for p in people}

    async def erase(self, person: str) -> None:
        """The key goes first: without it the box is noise, in every backup of the box too."""
        await self.keyring.destroy(_subject(person))
        await self.db.do(DROP, {"person": person})


def _subject(person: str) -> str:
    return f"vault/{person}"


def _opened(key: bytes | Missing, subject: str, box: bytes | None) -> Card | Missing:
    if isinstance(key, Missing):
        return key
    if box is None:
        return Missing.NOT_YET
    card: Card = orjson.loads(AESGCM(key).decrypt(box[:NONCE], box[NONCE:], subject.encode()))
    return card
