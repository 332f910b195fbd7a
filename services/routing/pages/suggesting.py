"""What the table suggests for a matter in the queue, with what is said of it so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from contracts.calendar import day_of
from contracts.routing import Assessment, Lane, Mode, Urgency
from contracts.taxonomy import CATEGORIES
from services.routing.domain.case import Case, Desk
from services.routing.domain.table import RULES, VERSION, Rule, Verdict, verdict
from services.routing.domain.triage import AcceptIssue, assessed
from skin.forms import Fields, Wrong, wish_of

UNKNOWN = "X9"
USUAL_MODE = {Lane.GRID: Mode.MICRO, Lane.COMMUNITY: Mode.MINOR, Lane.STREET: Mode.MAJOR}
ACCEPTED = tuple(field.name for field in fields_of(AcceptIssue) if field.name != "outage")
"""The form also chooses a lane, which is the next wish."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One lane to choose: `value` also names the mode; `days` as the policy counts them."""

    lane: Lane
    value: str
    resolve_by: datetime
    budget: str
    suggested: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    assessment: Assessment
    verdict: Verdict
    choices: Sequence[Choice]
    version: str = VERSION


def accept_of(fields: Fields) -> AcceptIssue:
    """The form's outage is three fields. Raises Wrong, by the name of the field."""
    plain: dict[str, Any] = {name: fields[name] for name in ACCEPTED if fields.get(name)}
    if households := fields.get("outage_households"):
        plain["outage"] = {
            "households": households,
            "hours": fields.get("outage_hours") or 1,
            "heating": bool(fields.get("outage_heating")),
        }
    return wish_of(AcceptIssue, plain)


def assumed(hint: str | None, fields: Fields) -> Assessment:
    """With what was typed, if it holds; else one household of the hinted category."""
    try:
        wish = accept_of(fields)
    except Wrong:
        wish = AcceptIssue(hint if hint in CATEGORIES else UNKNOWN, Urgency.NORMAL, 1)
    category = wish.category if wish.category in CATEGORIES else UNKNOWN
    return assessed(wish if category == wish.category else AcceptIssue(category, wish.urgency, 1))


def suggestion(case: Case, desk: Desk, hint: str | None, fields: Fields) -> Suggestion:
    matter = case.assessment or assumed(hint, fields)
    found = verdict(matter, day_of(desk.now))
    return Suggestion(matter, found, [choice(lane, matter, found, desk) for lane in Lane])


def choice(lane: Lane, matter: Assessment, found: Verdict, desk: Desk) -> Choice:
    suggested = lane is found.lane
    mode = found.mode if suggested else USUAL_MODE[lane]
    clocks = desk.policy.clocks(matter.urgency, lane, desk.now)
    urgent = matter.urgency in (Urgency.EMERGENCY, Urgency.UTILITY)
    budget = "24 小时" if urgent else f"{clocks.budget_wd:g} 个工作日"
    return Choice(lane, f"{lane}:{mode}", clocks.resolve_by, budget, suggested)


def likely(row: Row[Any], now: datetime) -> Lane:
    """For a row of the list, from what is known of it at a glance."""
    few = {"category": row.category, "urgency": row.urgency, "affected_hh": row.affected_hh}
    known = {name: value for name, value in few.items() if value is not None}
    matter = assumed(row.category, {"urgency": Urgency.NORMAL, "affected_hh": 1, **known})
    return verdict(matter, day_of(now)).lane


def passed_over(found: Verdict) -> Sequence[Rule]:
    """Rules that were looked at before the one that fits."""
    ids = [rule.id for rule in RULES]
    return RULES[: ids.index(found.rule_id)]


def inputs(matter: Assessment) -> Mapping[str, object]:
    """What the table looked at, in the order of the form; nothing that was not said."""
    said = {name: getattr(matter, name) for name in type(matter).model_fields if name != "assumed"}
    return {name: value for name, value in said.items() if value is not None}
