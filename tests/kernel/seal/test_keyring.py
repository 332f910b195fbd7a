"""Whose a key is, what is remembered of it, and when it is forgotten."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Row, TextClause, text

from kernel.database import Database
from kernel.decider import Refused
from kernel.seal.keyring import Keyring, Missing
from kernel.seal.telling import KeyInbox
from kernel.seal.vault import Vault
from kernel.wire.page import Arrived
from tests.kernel.city import async_url
from tests.kernel.seal.test_sealing import PLAIN, Marked, Page, note

pytestmark = pytest.mark.connected
KEK, VAULT_KEK = bytes(32), bytes([7]) * 32
SUBJECT = "person/ann"


def told(db: Database) -> Keyring:
    return Keyring(db, KEK)


def private(db: Database) -> Keyring:
    return Keyring(db, VAULT_KEK, private=True)


KINDS = [pytest.param(told, private, id="told"), pytest.param(private, told, id="private")]
Kind = Callable[[Database], Keyring]


async def rows(db: Database, table: str = "keys") -> Sequence[Row[Any]]:
    return await db.all(text(f"select * from kernel.{table}"))  # noqa: S608


async def hear(keyring: Keyring, *values: bytes | None, subject: str = SUBJECT) -> None:
    """As one batch of a new topic."""
    records = [Arrived(n, subject.encode(), value, []) for n, value in enumerate(values)]
    await KeyInbox(keyring.db, keyring).hear("keys.v1", 0, str(uuid4()), records)


async def of_another(database: Callable[[], str], subject: str = SUBJECT) -> bytes:
    """A key as another service made it and tells it."""
    theirs = Database(async_url(database()))
    await told(theirs).keys_of([subject])
    (row,) = await rows(theirs)
    await theirs.close()
    return bytes(row.wrapped)


async def test_a_text_among_slots_has_its_key_made(db: Database) -> None:
    fact, keyring = Marked(page=Page(note())), told(db)
    data = fact.written((await keyring.sealer("one", [fact])).for_fact(uuid4()))
    page = Marked.model_validate_json(data).page
    assert page is not None
    assert await keyring.open([page.note.token]) == [PLAIN]


@pytest.mark.parametrize(("mine", "other"), KINDS)
async def test_a_keyring_sees_keys_of_its_own_kind_alone(
    db: Database, mine: Kind, other: Kind
) -> None:
    await mine(db).keys_of([SUBJECT])
    assert await other(db).find([SUBJECT]) == {SUBJECT: Missing.NOT_YET}
    with pytest.raises(LookupError, match=SUBJECT):
        await other(db).keys_of([SUBJECT, "person/ben"])


@pytest.mark.parametrize(("mine", "other"), KINDS)
async def test_a_key_is_not_destroyed_through_the_other_kind(
    db: Database, mine: Kind, other: Kind
) -> None:
    keys = await mine(db).keys_of([SUBJECT])
    before = await rows(db), await rows(db, "key_queue")
    with pytest.raises(LookupError, match=SUBJECT):
        await other(db).destroy(SUBJECT)
    assert (await rows(db), await rows(db, "key_queue")) == before
    assert await mine(db).find([SUBJECT]) == keys


@pytest.mark.parametrize(("mine", "other"), KINDS)
async def test_a_destroyed_key_is_not_taken_for_one_of_the_other_kind(
    db: Database, mine: Kind, other: Kind
) -> None:
    await mine(db).destroy(SUBJECT)
    with pytest.raises(LookupError, match=SUBJECT):
        await other(db).keys_of([SUBJECT])
    with pytest.raises(LookupError, match=SUBJECT):
        await other(db).destroy(SUBJECT)
    with pytest.raises(Refused, match="erased"):
        await mine(db).keys_of([SUBJECT])


async def test_a_card_and_a_text_about_one_person_have_a_key_each(db: Database) -> None:
    vault, keyring = Vault(db, private(db)), told(db)
    keys = await keyring.keys_of([SUBJECT])
    await vault.put("ann", {"name": "Ann"})
    assert [row.subject for row in await rows(db, "key_queue")] == [SUBJECT]
    await vault.erase("ann")
    assert await told(db).find([SUBJECT]) == keys
    await vault.put("ben", {"name": "Ben"})
    await keyring.destroy("person/ben")
    assert await vault.get("ben") == {"name": "Ben"}


async def test_who_was_put_back_to_a_backup_destroys_the_key_that_it_only_heard_of(
    db: Database, database: Callable[[], str]
) -> None:
    """Made after the backup, it came back from the topic as if another had made it."""
    keyring = told(db)
    await hear(keyring, await of_another(database))
    await keyring.destroy(SUBJECT)
    assert await keyring.find([SUBJECT]) == {SUBJECT: Missing.ERASED}
    assert [row.subject for row in await rows(db, "key_queue")] == [SUBJECT]


async def test_who_was_put_back_to_a_backup_hears_the_end_of_its_own_key(db: Database) -> None:
    keyring = told(db)
    await keyring.keys_of([SUBJECT])
    await hear(keyring, keyring.end(SUBJECT))
    assert await told(db).find([SUBJECT]) == {SUBJECT: Missing.ERASED}


async def test_to_destroy_twice_is_to_destroy_once(db: Database) -> None:
    keyring = told(db)
    await keyring.keys_of([SUBJECT])
    await keyring.destroy(SUBJECT)
    before = await rows(db), await rows(db, "key_queue")
    await keyring.destroy(SUBJECT)
    assert (await rows(db), await rows(db, "key_queue")) == before


async def test_an_end_is_for_ever(db: Database, database: Callable[[], str]) -> None:
    keyring, wrapped = told(db), await of_another(database)
    await hear(keyring, wrapped)
    assert isinstance((await keyring.find([SUBJECT]))[SUBJECT], bytes)
    end = keyring.end(SUBJECT)
    await hear(keyring, end)
    assert await keyring.find([SUBJECT]) == {SUBJECT: Missing.ERASED}
    await hear(keyring, wrapped, end, wrapped)
    assert await told(db).find([SUBJECT]) == {SUBJECT: Missing.ERASED}


async def test_an_end_that_comes_first_keeps_the_key_away(
    db: Database, database: Callable[[], str]
) -> None:
    wrapped = await of_another(database)
    await hear(told(db), told(db).end(SUBJECT), wrapped)
    await hear(told(db), wrapped)
    assert await told(db).find([SUBJECT]) == {SUBJECT: Missing.ERASED}


async def test_who_has_not_the_kek_ends_nothing(db: Database, database: Callable[[], str]) -> None:
    """Whoever may write to the topic could else erase all texts of a city."""
    keyring = told(db)
    await hear(keyring, await of_another(database))
    of_another_subject, of_another_kek = keyring.end("person/ben"), private(db).end(SUBJECT)
    await hear(keyring, None, b"", b"x" * 40, of_another_subject, of_another_kek)
    assert isinstance((await told(db).find([SUBJECT]))[SUBJECT], bytes)


@pytest.mark.parametrize(("mine", "_other"), KINDS)
async def test_what_others_tell_of_a_key_of_ours_changes_nothing(
    db: Database, database: Callable[[], str], mine: Kind, _other: Kind
) -> None:
    keys, before = await mine(db).keys_of([SUBJECT]), await rows(db)
    await hear(told(db), await of_another(database), b"", None)
    assert await rows(db) == before
    assert await mine(db).find([SUBJECT]) == keys
    await mine(db).destroy(SUBJECT)
    before = await rows(db)
    await hear(told(db), await of_another(database))
    assert await rows(db) == before


class Slow(Database):
    """An answer lingers on its way, or a change before it begins, for as long as a test likes."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.reached, self.changed = asyncio.Event(), asyncio.Event()
        self.answer, self.change = asyncio.Event(), asyncio.Event()

    async def all(self, sql: TextClause, **values: object) -> Sequence[Row[Any]]:
        rows = await super().all(sql, **values)
        self.reached.set()
        await self.answer.wait()
        return rows

    async def do(self, sql: TextClause, values: Mapping[str, object] | None = None) -> int:
        self.reached.set()
        await self.change.wait()
        touched = await super().do(sql, values)
        self.changed.set()
        return touched


@pytest.fixture
async def slow(database: Callable[[], str]) -> AsyncIterator[Slow]:
    url = async_url(database())
    quick, slow = Database(url), Slow(url)
    await told(quick).keys_of([SUBJECT])
    await quick.close()
    yield slow
    await slow.close()


async def test_a_key_read_just_before_it_is_destroyed_is_forgotten(slow: Slow) -> None:
    keyring = told(slow)
    slow.answer.set()
    destroying = asyncio.create_task(keyring.destroy(SUBJECT))
    await slow.reached.wait()
    assert isinstance((await keyring.find([SUBJECT]))[SUBJECT], bytes)
    slow.change.set()
    await destroying
    assert await keyring.find([SUBJECT]) == {SUBJECT: Missing.ERASED}


async def test_a_key_whose_answer_comes_after_its_end_is_not_remembered(slow: Slow) -> None:
    keyring = told(slow)
    slow.change.set()
    reading = asyncio.create_task(keyring.find([SUBJECT]))
    await slow.reached.wait()
    destroying = asyncio.create_task(keyring.destroy(SUBJECT))
    await slow.changed.wait()
    slow.answer.set()
    await asyncio.gather(reading, destroying)
    assert await keyring.find([SUBJECT]) == {SUBJECT: Missing.ERASED}


async def test_a_key_is_remembered_for_a_while_and_not_kept_after(db: Database) -> None:
    """Another replica may have destroyed it meanwhile."""
    keyring = told(db)
    keys = await keyring.keys_of([SUBJECT])
    await told(db).destroy(SUBJECT)
    assert await keyring.find([SUBJECT]) == keys
    keyring.cache[SUBJECT] = (0.0, keys[SUBJECT])
    assert await keyring.find([SUBJECT]) == {SUBJECT: Missing.ERASED}
    assert keyring.cache == {}
