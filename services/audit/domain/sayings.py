"""Every fact in words; one that nobody found words for is told by what kind of step it was."""

from collections.abc import Callable, Mapping
from typing import Any

from kernel.event import Event
from services.audit.domain import of_matters, of_meetings, of_notices, of_turns
from services.audit.domain.said import Said

SAYINGS: Mapping[str, Callable[[Any], Said]] = {
    name: say
    for module in (of_matters, of_meetings, of_notices, of_turns)
    for name, say in module.sayings.by_name.items()
}
UNSPOKEN = {
    "CaseOpened": "开案，开始计时",
    "ContactSeen": "看了居民的联系方式，写了理由",
}
"""Facts that their service keeps for itself: audit has them, and reads no more than the name."""


def say(name: str, fact: Event | None) -> Said:
    if fact is not None and name in SAYINGS:
        return SAYINGS[name](fact)
    return Said(UNSPOKEN.get(name, "内部的一步"))
