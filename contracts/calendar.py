"""Working days and hours: pure arithmetic over what the State Council published (domain.md 3.3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
SHIFTS = ((time(8, 30), time(12)), (time(14, 30), time(18)))
"""With the midday break between them."""
CLOSES = SHIFTS[-1][1]


def day_of(at: datetime) -> date:
    """In Lanzhou."""
    return at.astimezone(ZONE).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """`on` and `off` are the days that depart from Monday to Friday, `years` those published."""

    version: str
    years: frozenset[int]
    off: frozenset[date]
    on: frozenset[date]

    @classmethod
    def of(cls, version: str, days: Iterable[tuple[date, bool]]) -> "Calendar":
        """`days` are (date, whether it is off). A year is published once a day of it is listed."""
        listed = dict(days)
        off = frozenset(day for day, is_off in listed.items() if is_off)
        years = frozenset(day.year for day in listed)
        return cls(version, years, off, frozenset(listed) - off)

    def works(self, day: date) -> bool:
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def provisional(self, due: datetime) -> bool:
        """Only weekends are known of that year yet."""
        return due.astimezone(ZONE).year not in self.years

    def plus_days(self, start: datetime, count: int) -> datetime:
        """The close of the `count`-th working day after the day on which it happened."""
        day = self._day_of(start.astimezone(ZONE))
        for _ in range(count):
            day = self._next(day)
        return datetime.combine(day, CLOSES, ZONE)

    def plus_hours(self, start: datetime, count: float) -> datetime:
        """`count` working hours later."""
        left = timedelta(hours=count)
        for opens, closes in self._shifts(start.astimezone(ZONE)):
            if opens + left <= closes:
                return opens + left
            left -= closes - opens
        raise AssertionError("shifts never end")

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Working hours, 0 when `end` is not later."""
        spent, end = timedelta(), end.astimezone(ZONE)
        for opens, closes in self._shifts(start.astimezone(ZONE)):
            if opens >= end:
                break
            spent += min(closes, end) - opens
        return spent / timedelta(hours=1)

    def _shifts(self, here: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of this day's shifts, and then those of the days that follow."""
        day = here.date() if self.works(here.date()) else self._next(here.date())
        while True:
            for opens, closes in SHIFTS:
                first = max(datetime.combine(day, opens, ZONE), here)
                last = datetime.combine(day, closes, ZONE)
                if first < last:
                    yield first, last
            day = self._next(day)

    def _day_of(self, here: datetime) -> date:
        """What happens after hours or on a day off happens on the next working day."""
        early = self.works(here.date()) and here.time() <= CLOSES
        return here.date() if early else self._next(here.date())

    def _next(self, day: date) -> date:
        day += timedelta(days=1)
        while not self.works(day):
            day += timedelta(days=1)
        return day
