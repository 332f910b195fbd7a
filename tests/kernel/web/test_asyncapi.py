"""What a service tells is described from its facts, as AsyncAPI's own parser reads it."""

import hashlib
import json
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import jsonschema_rs
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field

from kernel.decider import Actor, Decider, Stream
from kernel.envelope import Envelope, to_headers
from kernel.event import Event, Kinds
from kernel.handler import Handler
from kernel.seal.sealed import read
from kernel.web import asyncapi
from kernel.web.build import build
from kernel.web.service import Service
from tests.kernel.city import trial_settings
from tests.kernel.library.books import BookBought, BookLent
from tests.kernel.library.services import BOOKS, CARDS, LIBRARY
from tests.kernel.local import LocalBroker
from tests.kernel.web.desk import without_store
from trial.servers import jars

PARSER = Path(__file__).with_name("asyncapi_parser")
NOBODY = UUID(int=0)


class Card(BaseModel):
    kind: Literal["card"]
    number: int


class Cash(BaseModel):
    kind: Literal["cash"]


class FinePaid(Event):
    """A late reader paid."""

    by: Annotated[Card | Cash, Field(discriminator="kind")]
    pair: tuple[int, str]


async def no_desk(*_: object) -> Any:
    raise NotImplementedError


decider: Decider[object, object, FinePaid, object] = Decider(0, lambda *_: [], lambda s, _: s)
FINES = Handler(Stream("fine", "books.v1", Kinds(FinePaid), decider), no_desk)
BOTH = Service("library", [BOOKS, FINES, CARDS])


def headers(seat: UUID | None, role: str = "clerk") -> dict[str, str]:
    actor, at = Actor(NOBODY, role, role, seat), datetime(2026, 5, 4, tzinfo=UTC)
    envelope = Envelope(
        source="library", stream="book-1", key="1", version=1, epoch=1, id=NOBODY,
        type="BookBought", schema_ver=1, at=at, actor=actor, cause=NOBODY, correlation=NOBODY,
    )  # fmt: skip
    return {k: v.decode() for k, v in to_headers(envelope.written(), b"h") if k.startswith("ce_")}


def schema_of(told: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    """One part of one message, as a JSON Schema that stands alone."""
    return {**told["components"]["messages"][name][part], "components": told["components"]}


def test_a_topic_is_a_channel_and_each_fact_told_there_a_message() -> None:
    told = asyncapi.document(BOTH)
    messages = {topic: set(channel["messages"]) for topic, channel in told["channels"].items()}
    assert messages == {
        "books.v1": {"BookBought", "BookLent", "BookBack", "BookLate", "FinePaid"},
        "cards.v1": {"LoanNoted", "ReturnNoted", "CardBlocked"},
    }
    assert {op["action"] for op in told["operations"].values()} == {"send"}
    assert {op["channel"]["$ref"] for op in told["operations"].values()} == {
        "#/channels/books.v1",
        "#/channels/cards.v1",
    }


def test_a_message_says_its_name_its_meaning_and_its_version() -> None:
    lent = asyncapi.document(LIBRARY)["components"]["messages"]["BookLent"]
    assert (lent["name"], lent["description"]) == ("BookLent", "A reader took the book home.")
    assert lent["x-schema-version"] == 2


def test_its_payload_is_what_is_told() -> None:
    told = asyncapi.document(LIBRARY)
    schema = schema_of(told, "payload", "BookLent")
    remark = read("sealed:1:book/1:x:0:AAAA")
    fact = BookLent(reader="ann", remark=remark, due=datetime.now(UTC), days=14)
    jsonschema_rs.validate(schema, json.loads(fact.written()))
    with pytest.raises(jsonschema_rs.ValidationError, match="remark"):
        jsonschema_rs.validate(schema, json.loads(fact.model_dump_json(exclude={"remark"})))
    bought = json.loads(BookBought(shelfmark="a", title="b").written())
    jsonschema_rs.validate(schema_of(told, "payload", "BookBought"), bought)


def test_its_headers_are_the_envelope() -> None:
    told = asyncapi.document(LIBRARY)
    schema = schema_of(told, "headers", "BookBought")
    for given in (headers(NOBODY), headers(None, role="")):
        jsonschema_rs.validate(schema, given)
        for name in set(given) & {f"ce_{always}" for always in asyncapi.ALWAYS}:
            with pytest.raises(jsonschema_rs.ValidationError):
                jsonschema_rs.validate(schema, {k: v for k, v in given.items() if k != name})
    for wrong in ({"ce_type": "BookLost"}, {"ce_schemaver": "2"}):
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(schema, headers(NOBODY) | wrong)
    assert set(asyncapi.HEADERS["properties"]) == set(headers(NOBODY))
    assert set(asyncapi.HEADERS["required"]) == set(headers(None, role=""))


def test_topics_carry_the_prefix_of_the_settings() -> None:
    told = asyncapi.document(LIBRARY, prefix="test.")
    assert told["channels"]["test.books.v1"]["address"] == "test.books.v1"
    away = "postgresql://nobody@127.0.0.1:1/none"
    settings = trial_settings("library", away, topic_prefix="test.")
    served = without_store(build(LIBRARY, settings, transport=LocalBroker()).app)
    assert served.get("/api/library/asyncapi.json").json() == told


def test_it_is_served_under_the_services_name_and_nothing_else_is() -> None:
    app = FastAPI()
    app.include_router(asyncapi.routes(LIBRARY, "7"))
    client = without_store(app)
    answer = client.get("/api/library/asyncapi.json")
    assert answer.json() == asyncapi.document(LIBRARY, "7")
    assert answer.json()["info"] == {"title": "library", "version": "7"}
    assert "://" not in answer.text
    assert client.get("/api/library/asyncapi/try").status_code == 404


def parser() -> Path:
    """Its folder, outside the tree, filled once for each version of the lock."""
    lock = (PARSER / "package-lock.json").read_bytes()
    home = jars.CACHE / f"asyncapi-parser-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        shutil.copytree(PARSER, fresh, ignore=shutil.ignore_patterns("check.js"))
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "ci", *quiet], cwd=fresh, check=True)  # noqa: S607
        try:
            fresh.rename(home)
        except OSError:  # another worker was faster
            shutil.rmtree(fresh)
    return home


def read_by_the_parser(document: dict[str, Any]) -> Any:
    modules = {"NODE_PATH": str(parser() / "node_modules")}
    done = subprocess.run(
        ["node", PARSER / "check.js"],  # noqa: S607
        input=json.dumps(document),
        env={**os.environ, **modules},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.connected
@pytest.mark.timeout(300)
def test_asyncapis_own_parser_reads_it() -> None:
    document = asyncapi.document(BOTH)
    read = read_by_the_parser(document)
    assert read["errors"] == []
    assert set(read["messages"]) == document["components"]["messages"].keys()
    document["operations"]["tell-books.v1"]["action"] = "shout"
    assert read_by_the_parser(document)["errors"] != []
