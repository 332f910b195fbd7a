"""The working-day calendar of Lanzhou, by the vectors of domain.md 3.3 and the days it ships."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import CLOSES, ZONE, Calendar

DAYS = Path(__file__).parents[2] / "registry/working-days-2024-2026.csv"
FIRST, LAST = (datetime(year, month, 1, tzinfo=ZONE) for year, month in ((2024, 1), (2026, 11)))
INSTANTS = st.timedeltas(timedelta(), LAST - FIRST).map(FIRST.__add__)


def shipped() -> Calendar:
    with DAYS.open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return Calendar.of(
            "2026", [(date.fromisoformat(r["date"]), r["off"] == "true") for r in rows]
        )


CALENDAR = shipped()


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-18 16:00", 1, "2026-09-20"),
        ("2026-09-20 10:00", 7, "2026-09-30"),
        ("2026-09-30 19:00", 3, "2026-10-12"),
        ("2026-02-13 17:00", 5, "2026-02-27"),
        ("2026-05-08 10:00", 1, "2026-05-09"),
        ("2026-12-31 10:00", 3, "2027-01-05"),
    ],
)
def test_working_days(start: str, days: int, due: str) -> None:
    assert CALENDAR.plus_days(at(start), days) == at(f"{due} 18:00")


def test_what_lies_in_a_year_that_is_not_published_is_provisional() -> None:
    assert CALENDAR.provisional(at("2027-01-05 18:00"))
    assert not CALENDAR.provisional(at("2026-12-31 18:00"))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25 10:00", 4, "2026-11-25 16:30"),  # over the midday break
        ("2026-11-25 13:00", 1, "2026-11-25 15:30"),  # from within it
        ("2026-11-25 17:00", 2, "2026-11-26 09:30"),  # over night
        ("2026-11-27 17:00", 1, "2026-11-27 18:00"),  # to the very close
        ("2026-11-27 18:30", 1, "2026-11-30 09:30"),  # from after hours, over a weekend
        ("2026-09-30 17:30", 1, "2026-10-08 09:00"),  # over a holiday
        ("2026-10-10 09:00", 0.5, "2026-10-10 09:30"),  # a Saturday that is worked
    ],
)
def test_working_hours(start: str, hours: float, due: str) -> None:
    assert CALENDAR.plus_hours(at(start), hours) == at(due)


def test_an_instant_means_the_same_in_any_zone() -> None:
    here = at("2026-11-25 10:00")
    utc = datetime.fromisoformat(here.isoformat()).astimezone()
    assert CALENDAR.plus_hours(utc, 4) == CALENDAR.plus_hours(here, 4)


@given(INSTANTS, st.integers(0, 40))
def test_a_due_day_is_a_working_day_and_no_earlier_one_would_do(
    start: datetime, count: int
) -> None:
    due = CALENDAR.plus_days(start, count)
    assert CALENDAR.works(due.date())
    assert due.time() == CLOSES
    worked = sum(CALENDAR.works(start.date() + timedelta(n)) for n in range((due - start).days + 2))
    assert worked >= count


@given(INSTANTS, st.floats(0, 60, allow_nan=False))
def test_hours_that_were_added_are_those_that_lie_between(start: datetime, hours: float) -> None:
    due = CALENDAR.plus_hours(start, hours)
    assert CALENDAR.hours_between(start, due) == pytest.approx(hours, abs=1e-6)
    assert CALENDAR.hours_between(due, start) == 0
