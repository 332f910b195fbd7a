"""What was told once can be read for ever: a sample of every fact, in every version it ever had."""

import json
import re

import pytest

from kernel.event import Event, read_fact
from tests.contracts.sampling import FOLDER, kinds, path

KINDS = list(kinds())
NEWEST = [(kind, version) for kind in KINDS for version in range(1, kind.schema_ver() + 1)]
NAMES = [f"{kind.__name__}.v{version}" for kind, version in NEWEST]
PRIVATE = re.compile(r"1[3-9]\d{9}|[\w.]+@[\w.]+")


@pytest.mark.parametrize(("kind", "version"), NEWEST, ids=NAMES)
def test_a_fact_of_that_version_is_read(kind: type[Event], version: int) -> None:
    data = path(kind, version).read_bytes()
    fact = read_fact(kind, version, data)
    if version == kind.schema_ver():
        assert json.loads(fact.written()) == json.loads(data)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_field_that_goes_or_turns_up_needs_a_new_version(kind: type[Event]) -> None:
    """Whoever still runs the release before reads a fact without the field, or with it."""
    told = json.loads(path(kind, kind.schema_ver()).read_bytes())
    fields = kind.model_fields
    assert set(told) <= set(fields)
    assert [name for name in fields if name not in told and fields[name].is_required()] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_fact_says_in_a_sentence_what_it_means(kind: type[Event]) -> None:
    assert (kind.__doc__ or "").strip().endswith(".")


def test_no_sample_is_left_of_a_fact_that_nobody_knows() -> None:
    known = {path(kind, version) for kind, version in NEWEST}
    assert {*FOLDER.iterdir()} == known


def test_no_sample_holds_a_phone_or_an_address() -> None:
    assert [one.name for one in FOLDER.iterdir() if PRIVATE.search(one.read_text())] == []
