"""Each service opens with what it owns, takes, tells and hears, as the code has it."""

import re
from importlib import import_module
from typing import Any

import pytest

from tests.docs.catalogue import service_of
from tests.journeys.web import settings_of_city
from tests.kernel.local import LocalBroker
from trial.preparing import services

COMMAND = re.compile(r"^/api/.*\{(?:key|issue_id)\}/([a-z-]+)$")
LINE = re.compile(r"^(Commands|Streams|Hears): (.+?)\.$", re.MULTILINE | re.DOTALL)


def said(name: str) -> dict[str, set[str]]:
    """The last paragraph of a service's opening, by the word before its colon."""
    opening = import_module(f"services.{name}").__doc__ or ""
    last = opening.strip().rsplit("\n\n", 1)[1]
    return {word: {*re.split(r",\s+", listed)} for word, listed in LINE.findall(last)}


def commands(name: str) -> set[str]:
    app: Any = import_module(f"services.{name}.app")
    settings = settings_of_city(name, "postgresql://nowhere/none")
    found = map(COMMAND.match, app.build(settings, LocalBroker()).app.openapi()["paths"])
    return {path[1] for path in found if path}


@pytest.mark.parametrize("name", services())
def test_a_service_says_what_it_takes_tells_and_hears(name: str) -> None:
    service, lists = service_of(name), said(name)
    assert lists.get("Streams", set()) == {h.stream.prefix for h in service.handlers}
    assert lists.get("Hears", set()) == {topic.partition(".")[0] for topic in service.hears}
    assert lists.get("Commands", set()) == commands(name)
