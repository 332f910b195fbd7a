"""A step is late: whoever should have taken it is urged (催办)."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.routing import ClockName, EscalationLevel, EscalationRaised
from services.routing.domain.case import Case, Desk, Fact, clocks


@dataclass(frozen=True, slots=True)
class Urge:
    """What a clock wishes that has come due."""

    clock: ClockName


def urge(wish: Urge, case: Case, desk: Desk) -> Sequence[Fact]:
    due = clocks(case).get(wish.clock)
    if due is None or desk.now < due:
        return []
    return [
        EscalationRaised(
            level=EscalationLevel.E1,
            clock=wish.clock,
            org=case.leads(),
            due=due,
            count=case.urged.get(wish.clock, 0) + 1,
        )
    ]
