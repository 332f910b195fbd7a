"""What people said rests nowhere in the clear; who is entitled reads it, until they are forgotten.

Of a run in which every word is a marked one, every byte that the city keeps is looked at.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from sqlalchemy import text

from kernel.database import Database
from kernel.proof.verify import verify
from tests.faults.nodes import until
from tests.journeys.gathering import everything
from tests.journeys.marked import (
    PATIENCE,
    Story,
    Witness,
    another_phone,
    forget,
    look_for,
    take_part,
)
from tests.journeys.marks import Marks, dresses, letters
from tests.journeys.stores import SERVICES, Stores, public_key, stores_of
from tests.journeys.trial import Trial
from tests.servers import make_topics
from trial.living.deeds import City
from trial.servers import Kafka, Postgres

LIAISON, STATION, AUDITOR = "peili-town-liaison", "peili-station-staff", "lanzhou-auditor"
STRANGERS = ("bailu-town-liaison", "bailu-station-staff", "peili1-community-liaison")
GIVEN = {"name", "phone", "place", "comment", "address", "exif"}
"""What ends with the resident. Their words stand on, redacted: without name and number."""
NEVER = {"staff name", "password", "exif", "exif of work"}
"""No page shows these at all."""
KEYS = text("select 1 from kernel.keys where subject = any(:subjects) and wrapped is not null")
CARD = text("select count(*) as n from kernel.vault where person = :person")
REPORTER = text("select reporter from read.matter where issue_id = :issue")


def test_a_word_is_found_in_every_dress() -> None:
    marks = Marks()
    for root in (marks.root, marks.dialled):
        for dress in dresses(root):
            assert marks.found("here", b"before" + dress + b"after"), dress
        for before in range(4):
            packed = b64encode(b"x" * before + root.encode() + b"yy")
            assert marks.found("here", packed), packed
    assert not marks.found("here", letters(4).encode() * 1000)


@pytest.mark.connected
@pytest.mark.timeout(900)
async def test_what_people_write_rests_nowhere_in_the_clear_and_ends_with_who_wrote_it(
    trial: Trial, city: City
) -> None:
    witness = Witness(trial.address)
    async with witness.browser() as phone, stores_of(trial.data) as stores:
        story = Story(city, Marks(), witness, phone)
        await take_part(story)
        await who_is_entitled_reads_it(story)
        await nobody_else_reads_it(story)
        await nothing_rests_in_the_clear(trial, story)
        lines, reporter = await told(story), await reporter_of(stores, story)
        await forget(story)
        await what_was_given_is_gone(story)
        await what_happened_stands(story, lines)
        await the_keys_are_gone(trial, stores, story, reporter)
        await the_proofs_hold(stores)


async def who_is_entitled_reads_it(story: Story) -> None:
    """Else nothing would be shown by its not being found elsewhere."""
    marks = story.marks
    mine = marks.on(await story.page(story.here))
    assert mine >= {"name", "phone", "words", "place", "progress", "reply", "comment"}
    assert not mine & {"reply that goes back", "why it goes back"}
    assert marks.on(story.shown["another phone"]) == {"name", "phone", "words", "place"}
    assert marks.on(story.shown["contact"]) >= {"name", "phone"}
    case = await story.read_by(LIAISON, story.case)
    assert case >= {"words", "place", "progress", "reply", "comment", "reason to look"}
    assert case >= {"reply that goes back", "why it goes back"}
    topic = await story.read_by(LIAISON, f"/console/topics/{story.topic}")
    assert topic >= {"question", "background", "party", "option", "why not yet", "condition"}
    meeting = await story.read_by(LIAISON, f"/console/meetings/{story.meeting}")
    assert meeting >= {"agenda", "agreed", "venue", "why a seat is empty"}
    assert str(story.matter.id) in await look_for(story, STATION, marks.made["words"])
    assert str(story.matter.id) in await look_for(story, STATION, marks.made["place"])


async def nobody_else_reads_it(story: Story) -> None:
    marks = story.marks
    for login in STRANGERS:
        assert not await story.read_by(login, *pages(story)), login
    for login in (LIAISON, STATION):  # on no page for which nobody gave a reason
        assert not await story.read_by(login, *pages(story)) & {"name", "phone", *NEVER}, login
    assert not await story.read_by(AUDITOR, *pages(story)) & (GIVEN | NEVER)
    async with story.witness.browser() as anybody:
        for page in (story.here, f"{story.here}/rate", f"{story.here}/receipt", "/trial/sms"):
            assert not marks.on((await anybody.get(page)).text), page


def pages(story: Story) -> Iterable[str]:
    yield from (story.case, f"{story.case}/contact", f"{story.case}/why", history(story))
    yield from (f"/console/topics/{story.topic}", f"/console/topics/about/{story.matter.id}")
    yield from (f"/console/meetings/{story.meeting}", f"/console/meetings/{story.talk}")
    yield from ("/console/desk", "/console/notices", "/console/cases", "/console/topics")


def history(story: Story) -> str:
    return f"/console/history/{story.matter.id}?every=1"


async def nothing_rests_in_the_clear(trial: Trial, story: Story) -> None:
    """Looked for together with a word that was put there to be found."""
    word, found, hits = letters(7), set[str](), list[str]()
    async with planted_in(trial, word) as planted:
        async for where, data in everything(trial):
            hits += story.marks.found(where, data)
            found |= {where} if word.encode() in data or packed(word) in data else set()
    hits += story.marks.found("an address", "\n".join(story.witness.addresses).encode())
    assert not hits, "\n".join(hits)
    assert {f"mazha_audit public.{planted}", f"topic {planted}"} <= found
    for raw in ("postgres/data/base/", "postgres/data/pg_wal/", f"kafka/data/{planted}-"):
        assert any(raw in where for where in found), f"{raw}: the search is blind there"
    assert any("/console/cases/" in address for address in story.witness.addresses)


@asynccontextmanager
async def planted_in(trial: Trial, word: str) -> AsyncIterator[str]:
    """One word in the clear, in a table and in the head of a record."""
    name, postgres = f"planted_{uuid4().hex}", Postgres(trial.data / "postgres")
    postgres.sql(f"create table {name} as select '{word}' as word", "mazha_audit")
    bootstrap = Kafka(trial.data / "kafka").bootstrap
    await make_topics(bootstrap, [name], partitions=1)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    await producer.send_and_wait(name, b"{}", headers=[("word", packed(word))])
    await producer.stop()
    yield name
    postgres.sql(f"drop table {name}", "mazha_audit")


def packed(word: str) -> bytes:
    return b64encode(word.encode())


async def told(story: Story) -> list[str]:
    """What happened, line by line, as audit shows it."""
    auditor = story.city.people.seats[AUDITOR]
    path = f"/api/audit/history/{story.matter.id}?every=true"
    answer = await auditor.http.get(path, headers={"Authorization": f"Bearer {auditor.token}"})
    assert answer.status_code == 200, answer.text
    return [line["what"] for line in answer.json()["lines"]]


async def what_was_given_is_gone(story: Story) -> None:
    """At once on the resident's page; on others as soon as they have heard of it."""
    marks = story.marks
    assert not marks.on(await story.page(story.here)) & GIVEN
    assert not marks.on(await story.page(f"{story.here}/rate")) & GIVEN
    assert (await story.phone.get(story.photo)).status_code == 404
    for login in (LIAISON, STATION, AUDITOR):

        async def gone(login: str = login) -> bool:
            return not await story.read_by(login, *pages(story)) & GIVEN

        await until(gone, PATIENCE, f"{login} still reads it")
    assert str(story.matter.id) not in await look_for(story, STATION, marks.made["place"])
    async with another_phone(story) as other:
        assert (await other.post(f"{story.here}/send-code")).status_code == 409


async def what_happened_stands(story: Story, lines: list[str]) -> None:
    """The redacted words, each step, and one more: that somebody asked to be forgotten."""
    assert {"words", "reply", "progress"} <= story.marks.on(await story.page(story.here))
    case = await story.read_by(LIAISON, story.case)
    assert case >= {"words", "reply", "progress", "reason to look"}

    async def heard() -> bool:
        return len(await told(story)) > len(lines)

    await until(heard, PATIENCE, "audit did not hear of it")
    now = await told(story)
    assert now[: len(lines)] == lines and len(now) == len(lines) + 1, now
    assert str(story.matter.id) in await look_for(story, STATION, story.marks.made["words"])


async def reporter_of(stores: Stores, story: Story) -> str:
    return str((await stores["intake"].one(REPORTER, issue=str(story.matter.id))).reporter)


async def the_keys_are_gone(trial: Trial, stores: Stores, story: Story, reporter: str) -> None:
    subjects = [f"reporter/{story.matter.id}", f"vault/{reporter}"]
    for name, store in stores.items():

        async def gone(store: Database = store) -> bool:
            return not await store.all(KEYS, subjects=subjects)

        await until(gone, PATIENCE, f"{name} has a key of the resident")
    assert (await stores["intake"].one(CARD, person=reporter)).n == 0
    assert not list(trial.data.glob(f"files/intake/photos/{story.matter.id}/*"))


async def the_proofs_hold(stores: Stores) -> None:
    for one in SERVICES:
        said = await verify(stores[one.name], public_key(one.name))
        assert said.ok and said.checked_facts, f"{one.name}: {said}"
