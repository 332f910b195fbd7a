"""Every fact in words; one that nobody found words for is told by what kind of step it was."""

from kernel.event import Event
from services.audit.domain import of_matters, of_meetings
from services.audit.domain.said import Said

SAYINGS = {**of_matters.sayings.by_name, **of_meetings.sayings.by_name}
UNSPOKEN = {"CaseOpened": "开案，开始计时"}
"""Facts that their service keeps for itself: audit has them, and reads no more than the name."""
OTHERWISE = {"notify": "告诉有关的人", "directory": "名录有变动"}


def say(name: str, source: str, fact: Event | None) -> Said:
    if fact is not None and name in SAYINGS:
        return SAYINGS[name](fact)
    return Said(UNSPOKEN.get(name) or OTHERWISE.get(source, "内部的一步"))
