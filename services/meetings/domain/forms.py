"""The ten kinds of meeting and what each asks for: data (domain.md 4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.calendar import Calendar
from contracts.meetings import Form, TopicLevel


@dataclass(frozen=True, slots=True)
class FormRule:
    """`instant`: recorded after it took place. Notice: working days, or hours of the clock."""

    least_present: int
    notice_days: int = 0
    notice_hours: int = 0
    instant: bool = False

    def earliest(self, noticed: datetime, calendar: Calendar) -> datetime:
        if self.notice_days:
            return calendar.plus_days(noticed, self.notice_days)
        return noticed + timedelta(hours=self.notice_hours)


FORMS: Mapping[Form, FormRule] = {
    Form.CONFERENCE: FormRule(7, notice_days=3),
    Form.ON_SITE: FormRule(5, notice_days=2),
    Form.BUILDING: FormRule(5, notice_days=2),
    Form.COURTYARD: FormRule(5, notice_days=1),
    Form.STOOL: FormRule(5, notice_hours=4),
    Form.ONLINE: FormRule(5, notice_hours=72),
    Form.COMMUNICATION: FormRule(2, instant=True),
    Form.MICRO: FormRule(2, instant=True),
    Form.HOUSEHOLD_VISIT: FormRule(2, instant=True),
    Form.ROADSIDE: FormRule(2, instant=True),
}
MAJOR_CONFERENCE = FormRule(7, notice_days=5)
"""A conference of the street's council, about a topic of its committee."""


def rule_for(form: Form, level: TopicLevel) -> FormRule:
    major = form is Form.CONFERENCE and level is TopicLevel.TOWN
    return MAJOR_CONFERENCE if major else FORMS[form]
