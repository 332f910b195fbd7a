"""The decision table: which rule, which lane, and for which reasons."""

from datetime import date

import pytest

from contracts.routing import CostBand, Lane, MatterClass, Mode, Outage, Scope
from services.routing.domain.table import verdict
from tests.routing.cases import assessment

AUTUMN, WINTER = date(2026, 10, 31), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("said", "rule", "mode", "lane"),
    [
        ({"danger": True, "affected_hh": 400}, "R1", Mode.URGENT, Lane.GRID),
        ({"outage": Outage(households=30, hours=1)}, "R1", Mode.URGENT, Lane.GRID),
        ({"outage": Outage(households=29, hours=9)}, "R6", Mode.MICRO, Lane.GRID),
        ({"matter_class": MatterClass.RULE}, "R3", Mode.MAJOR, Lane.COMMUNITY),
        ({"matter_class": MatterClass.COLLECTIVE}, "R3", Mode.MAJOR, Lane.COMMUNITY),
        ({"matter_class": MatterClass.OWNERS}, "R6", Mode.MICRO, Lane.GRID),
        ({"affected_hh": 350}, "R4", Mode.MAJOR, Lane.STREET),
        ({"affected_hh": 300}, "R4", Mode.MAJOR, Lane.STREET),
        ({"affected_hh": 299}, "R5", Mode.MINOR, Lane.COMMUNITY),
        ({"scope": Scope.STREET}, "R4", Mode.MAJOR, Lane.STREET),
        ({"scope": Scope.CROSS}, "R4", Mode.MAJOR, Lane.STREET),
        ({"depts": 2}, "R4", Mode.MAJOR, Lane.STREET),
        ({"cost_band": CostBand.LARGE}, "R4", Mode.MAJOR, Lane.STREET),
        ({"chronic": True}, "R4", Mode.MAJOR, Lane.STREET),
        ({"joint_reporters": 5}, "R4", Mode.MAJOR, Lane.STREET),
        ({"category": "X1"}, "R4", Mode.MAJOR, Lane.STREET),
        ({"affected_hh": 30}, "R5", Mode.MINOR, Lane.COMMUNITY),
        ({"parties": 3}, "R5", Mode.MINOR, Lane.COMMUNITY),
        ({"cost_band": CostBand.MIDDLE}, "R5", Mode.MINOR, Lane.COMMUNITY),
        ({}, "R6", Mode.MICRO, Lane.GRID),
        ({"daily_or_temporary": False}, "R7", Mode.MINOR, Lane.COMMUNITY),
        ({"scope": Scope.COMMUNITY}, "R7", Mode.MINOR, Lane.COMMUNITY),
    ],
)
def test_the_first_rule_that_fits(
    said: dict[str, object], rule: str, mode: Mode, lane: Lane
) -> None:
    found = verdict(assessment(**said), AUTUMN)
    assert (found.rule_id, found.mode, found.lane) == (rule, mode, lane)


def test_a_cold_home_is_urgent_in_the_heating_season_only() -> None:
    cold = assessment(outage=Outage(households=1, hours=5, heating=True))
    assert verdict(cold, WINTER).why == ["heating-failed"]
    assert verdict(cold, date(2027, 3, 31)).rule_id == "R1"
    assert verdict(cold, date(2027, 4, 1)).rule_id == "R6"
    assert verdict(cold, AUTUMN).rule_id == "R6"


def test_every_reason_is_given() -> None:
    found = verdict(assessment(affected_hh=350, depts=3), AUTUMN)
    assert found.why == ["many-households", "several-departments"]
