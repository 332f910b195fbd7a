"""Who sees what a council deliberates, and what a page offers by itself."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from contracts.calendar import Calendar
from contracts.meetings import Form, TopicLevel
from contracts.permission import Role, Tree
from kernel.decider import Actor
from services.meetings.domain.forms import rule_for
from services.meetings.domain.sight import may_see
from services.meetings.pages.check_in import bar
from services.meetings.pages.look import due, lines

TOWN, VILLAGE, OTHER = "620105001", "620105001001", "620105002"
TREE = Tree({VILLAGE: TOWN, TOWN: "620105", OTHER: "620105"})
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "org", "sees"),
    [
        (Role.TOWN_LIAISON, TOWN, True),
        (Role.COUNTY_CPPCC, "620105", True),
        (Role.COMMUNITY_LIAISON, VILLAGE, False),  # nobody looks upwards
        (Role.TOWN_COMMITTEE, OTHER, False),
        (Role.TOWN_LIAISON, "", False),
        (Role.SYS_ADMIN, TOWN, False),
        (Role.RESIDENT, TOWN, False),
    ],
)
def test_a_seat_sees_its_own_place_and_what_is_below(role: Role, org: str, sees: bool) -> None:
    assert may_see(Actor(uuid4(), role, org, uuid4()), TOWN, TREE) is sees


def test_only_a_conference_of_the_street_needs_five_working_days() -> None:
    assert rule_for(Form.CONFERENCE, TopicLevel.TOWN).notice_days == 5
    assert rule_for(Form.CONFERENCE, TopicLevel.VILLAGE).notice_days == 3
    assert rule_for(Form.ON_SITE, TopicLevel.TOWN).notice_days == 2
    calendar = Calendar.of("2026", [(date(2026, 1, 1), True)])
    earliest = rule_for(Form.CONFERENCE, TopicLevel.TOWN).earliest(NOW, calendar)
    assert earliest.date() == date(2026, 12, 2)


def test_the_bar_of_a_quorum_shows_how_many_came_and_how_many_must() -> None:
    assert bar(9, 5, 15) == {"width": 300, "present": 180.0, "least": 100.0}
    assert bar(2, 7, 3) == {"width": 300, "present": 85.7, "least": 300.0}
    assert bar(0, 0, 0)["present"] == 0


def test_a_date_is_late_soon_or_far() -> None:
    assert due(datetime(2026, 11, 24, tzinfo=UTC), NOW) == "late"
    assert due(datetime(2026, 11, 26, tzinfo=UTC), NOW) == "soon"
    assert due(datetime(2026, 12, 24, tzinfo=UTC), NOW) == ""
    assert due(None, NOW) == ""


def test_empty_lines_count_for_nothing() -> None:
    assert lines(" 物业 \r\n\r\n 社区\n") == ("物业", "社区")
