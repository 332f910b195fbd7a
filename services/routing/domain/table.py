"""大事大议, 小事小议, 急事快议: which council deals with a matter (domain.md 5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.routing import Assessment, CostBand, Lane, MatterClass, Mode, Scope

VERSION = "lz-mode-1"
MAJOR_HOUSEHOLDS, MINOR_HOUSEHOLDS, OUTAGE_HOUSEHOLDS = 300, 30, 30
MOST_JOINT = 5
SINGLE_PLACE = (Scope.HOUSEHOLD, Scope.BUILDING, Scope.GRID)

Asked = Callable[[Assessment, date], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """`reasons` by the code of its words: one of them is enough."""

    id: str
    mode: Mode
    lane: Lane
    reasons: dict[str, Asked]

    def why(self, matter: Assessment, day: date) -> list[str]:
        return [code for code, holds in self.reasons.items() if holds(matter, day)]


@dataclass(frozen=True, slots=True)
class Verdict:
    rule_id: str
    mode: Mode
    lane: Lane
    why: Sequence[str]


def heating_season(day: date) -> bool:
    """1 November to 31 March."""
    return day.month >= 11 or day.month <= 3


def _outage(matter: Assessment, _day: date) -> bool:
    return matter.outage is not None and matter.outage.households >= OUTAGE_HOUSEHOLDS


def _cold(matter: Assessment, day: date) -> bool:
    return matter.outage is not None and matter.outage.heating and heating_season(day)


def _small(matter: Assessment, _day: date) -> bool:
    few = matter.affected_hh < MINOR_HOUSEHOLDS and matter.cost_band is CostBand.SMALL
    return few and matter.daily_or_temporary and matter.scope in SINGLE_PLACE


RULES = (
    Rule(
        "R1",
        Mode.URGENT,
        Lane.GRID,
        {"danger": lambda m, _: m.danger, "outage": _outage, "heating-failed": _cold},
    ),
    Rule(
        "R3",
        Mode.MAJOR,
        Lane.COMMUNITY,
        {
            "own-body-decides": lambda m, _: (
                m.matter_class in (MatterClass.RULE, MatterClass.COLLECTIVE)
            )
        },
    ),
    Rule(
        "R4",
        Mode.MAJOR,
        Lane.STREET,
        {
            "many-households": lambda m, _: m.affected_hh >= MAJOR_HOUSEHOLDS,
            "wide": lambda m, _: m.scope in (Scope.STREET, Scope.CROSS),
            "several-departments": lambda m, _: m.depts >= 2,
            "costly": lambda m, _: m.cost_band is CostBand.LARGE,
            "chronic": lambda m, _: m.chronic,
            "many-reporters": lambda m, _: m.joint_reporters >= MOST_JOINT,
            "clearance": lambda m, _: m.category == "X1",
        },
    ),
    Rule(
        "R5",
        Mode.MINOR,
        Lane.COMMUNITY,
        {
            "some-households": lambda m, _: m.affected_hh >= MINOR_HOUSEHOLDS,
            "several-parties": lambda m, _: m.parties >= 3,
            "some-cost": lambda m, _: m.cost_band is CostBand.MIDDLE,
        },
    ),
    Rule("R6", Mode.MICRO, Lane.GRID, {"small-and-daily": _small}),
    Rule("R7", Mode.MINOR, Lane.COMMUNITY, {"anything-else": lambda _m, _d: True}),
)


def verdict(matter: Assessment, day: date) -> Verdict:
    for rule in RULES:
        if why := rule.why(matter, day):
            return Verdict(rule.id, rule.mode, rule.lane, why)
    raise AssertionError("the last rule takes everything")
