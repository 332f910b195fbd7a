"""Wherever a sealed text stands in a fact, it is written as ciphertext or the fact is not written.

In production a warning stops nothing, so here none does.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticSerializationError

from kernel.event import Event
from kernel.seal.box import Sealer, open_with
from kernel.seal.sealed import MARK, Sealed, parts, plain_texts, subject_of

pytestmark = pytest.mark.filterwarnings("ignore")
PLAIN = "Weinfleck auf Seite sieben"


@dataclass(frozen=True, slots=True)
class Page:
    note: Sealed


@dataclass
class Cover:
    note: Sealed


class Spine(BaseModel):
    note: Sealed


class Shelf(BaseModel):
    remark: Sealed
    row: int = 0


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


class Marked(Event):
    """A book was marked, in any of the places where a text can stand."""

    text: Sealed | None = None
    either: Sealed | str = ""
    page: Page | None = None
    part: Page | Cover | None = None
    model: Spine | Shelf | None = None
    row: tuple[Spine | Page, ...] = ()
    rows: list[Shelf | Cover | str] | None = None
    named: Mapping[str, Sealed | str] = {}
    loose: Loose = Loose()
    anything: Any = None


def note() -> Sealed:
    return Sealed("book", PLAIN)


MARKS = {
    "a text": Marked(text=note()),
    "a text or a word": Marked(either=note()),
    "slots": Marked(page=Page(note())),
    "a union of dataclasses, the one with slots": Marked(part=Page(note())),
    "a union of dataclasses, the one without": Marked(part=Cover(note())),
    "a union of models, the first": Marked(model=Spine(note=note())),
    "a union of models, the second": Marked(model=Shelf(remark=note())),
    "a tuple of unions": Marked(row=(Spine(note=note()), Page(note()))),
    "a list of unions": Marked(rows=["x", Shelf(remark=note()), Cover(note())]),
    "a mapping of unions": Marked(named={"a": "x", "b": note()}),
    "what a model did not ask for": Marked(loose=Loose(more=note())),  # type: ignore[call-arg]
    "anything": Marked(anything=note()),
    "slots in anything": Marked(anything=[Page(note())]),
}


def written(fact: Event, keys: Mapping[str, bytes]) -> bytes:
    return fact.written(Sealer(keys, "one").for_fact(uuid4()))


@pytest.mark.parametrize("fact", MARKS.values(), ids=MARKS.keys())
def test_a_text_is_found_and_closed_wherever_it_stands(fact: Marked) -> None:
    found = list(plain_texts(fact))
    keys = {subject_of(text, "one"): os.urandom(32) for text in found}
    data = written(fact, keys)
    assert PLAIN.encode() not in data
    assert data.count(MARK.encode()) == len(found) > 0


@pytest.mark.parametrize("fact", MARKS.values(), ids=MARKS.keys())
def test_without_its_key_nothing_is_written(fact: Marked) -> None:
    with pytest.raises(PydanticSerializationError) as failed:
        written(fact, {})
    assert PLAIN not in str(failed.value)


@pytest.mark.parametrize("fact", MARKS.values(), ids=MARKS.keys())
def test_without_a_sealer_nothing_is_written_nor_shown(fact: Marked) -> None:
    for write in (fact.written, fact.model_dump, fact.model_dump_json):
        with pytest.raises(PydanticSerializationError, match="only through a sealer"):
            write()
    assert PLAIN not in repr(fact)


@pytest.mark.parametrize("strange", [{"row": 7}, {"part": Spine(note=note())}])
def test_what_is_not_as_its_class_says_is_not_written(strange: Any) -> None:
    """A decider that goes round the checks of its fact would write what nobody can read."""
    with pytest.raises(PydanticSerializationError):
        written(Marked.model_construct(**strange), {"book/one": os.urandom(32)})


def test_a_closed_text_is_read_back_and_written_as_it_was() -> None:
    key = os.urandom(32)
    fact = Marked(page=Page(note()), either=note())
    data = written(fact, {"book/one": key})
    again = Marked.model_validate_json(data)
    assert again.page is not None
    assert parts(again.page.note.token)[0] == "book/one"
    assert open_with(key, again.page.note.token) == PLAIN
    assert list(plain_texts(again)) == []
    assert written(again, {}) == data
