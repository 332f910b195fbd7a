"""Nobody's telephone rings at night: from nine in the evening messages wait until eight."""

from datetime import datetime, time, timedelta

from contracts.calendar import ZONE

FROM, UNTIL = time(21), time(8)


def ripe(at: datetime) -> datetime:
    """`at` itself by day, else the next morning."""
    here = at.astimezone(ZONE)
    if UNTIL <= here.time() < FROM:
        return at
    day = here.date() + timedelta(days=here.time() >= FROM)
    return datetime.combine(day, UNTIL, ZONE)
