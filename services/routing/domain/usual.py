"""What a matter of a category is usually like: taken, and marked, where nobody said (design 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.routing import CostBand, Scope
from contracts.taxonomy import CATEGORIES, Scale


@dataclass(frozen=True, slots=True)
class Usual:
    scope: Scope
    cost_band: CostBand
    parties: int
    depts: int
    daily_or_temporary: bool


MACRO = Usual(Scope.COMMUNITY, CostBand.MIDDLE, parties=2, depts=1, daily_or_temporary=False)
MICRO = Usual(Scope.BUILDING, CostBand.SMALL, parties=1, depts=0, daily_or_temporary=True)
USUAL: Mapping[str, Usual] = {
    **{c.code: MACRO if c.scale is Scale.MACRO else MICRO for c in CATEGORIES.values()},
    "B5": replace(MICRO, parties=2),
    "X1": Usual(Scope.STREET, CostBand.LARGE, parties=3, depts=2, daily_or_temporary=False),
    "X2": replace(MACRO, cost_band=CostBand.SMALL, depts=0),
}
