"""How long each step may take: turned into instants once, when it is decided (domain.md 3.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.calendar import Calendar
from contracts.routing import Lane, Urgency

ROUND_THE_CLOCK = {Urgency.EMERGENCY: (1, 2, 24), Urgency.UTILITY: (2, 2, 24)}
"""Hours to sign, to reach the resident, to answer."""
WORKING_DAYS = {
    (Urgency.NORMAL, Lane.GRID): (1, 1, 3),
    (Urgency.NORMAL, Lane.COMMUNITY): (1, 1, 7),
    (Urgency.NORMAL, Lane.STREET): (1, 2, 30),
    (Urgency.COMPLEX, Lane.GRID): (1, 2, 15),
    (Urgency.COMPLEX, Lane.COMMUNITY): (1, 2, 15),
    (Urgency.COMPLEX, Lane.STREET): (1, 2, 30),
}
TRIAGE_HOURS = {Urgency.EMERGENCY: 1, Urgency.UTILITY: 2}
EVALUATE_WITHIN = timedelta(days=10)
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Clocks:
    sign_by: datetime
    contact_by: datetime
    resolve_by: datetime
    return_by: datetime
    budget_wd: float


@dataclass(frozen=True, slots=True)
class Policy:
    version: str
    calendar: Calendar

    def clocks(self, urgency: Urgency, lane: Lane, now: datetime) -> Clocks:
        return_by = self.calendar.plus_days(now, 1)
        if hours := ROUND_THE_CLOCK.get(urgency):
            sign, contact, resolve = (now + timedelta(hours=h) for h in hours)
            return Clocks(sign, contact, resolve, return_by, hours[-1] / 24)
        days = WORKING_DAYS[urgency, lane]
        sign, contact, resolve = (self.calendar.plus_days(now, d) for d in days)
        return Clocks(sign, contact, resolve, return_by, days[-1])

    def triage_by(self, submitted: datetime) -> datetime:
        """Nobody knows the urgency yet, so a working day."""
        return self.calendar.plus_days(submitted, 1)
