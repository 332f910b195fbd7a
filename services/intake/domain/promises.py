"""By when a resident hears what, before anybody has looked at the matter (domain.md 3.3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.calendar import Calendar, day_of

TRIAGE, CONTACT, ANSWER = 1, 2, 8
"""Working days: whether it is taken on; a day more to call; a usual answer seven days after it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """`off` and `on`: days off and make-up days that lie between it and the promise before."""

    by: datetime
    off: tuple[date, ...] = ()
    on: tuple[date, ...] = ()


def promises(calendar: Calendar, submitted: datetime) -> list[Promise]:
    made, since = [], submitted
    for days in (TRIAGE, CONTACT, ANSWER):
        by = calendar.plus_days(submitted, days)
        made.append(Promise(by, *between(calendar, since, by)))
        since = by
    return made


def between(
    calendar: Calendar, since: datetime, by: datetime
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    first, last = day_of(since), day_of(by)
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    return tuple(d for d in days if d in calendar.off), tuple(d for d in days if d in calendar.on)
