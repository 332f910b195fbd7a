"""Who may read what a resident wrote themselves: whoever may see their number, which may stand in
it. Routing's SeeContact says the same of the number."""

from collections.abc import Collection
from dataclasses import dataclass

from contracts.permission import HANDLERS, STATION, Tree, must_be
from contracts.stages import Stage
from kernel.decider import Actor, Forbidden
from services.intake.domain.reporter import may_be_shown
from services.intake.domain.stage import OVER


@dataclass(frozen=True, slots=True)
class Answering:
    """Whom the matter was told to, who leads it, and who helps or follows it up for the lead."""

    target: str
    lead: str | None
    others: Collection[str] = ()

    @property
    def orgs(self) -> tuple[str, ...]:
        return (self.target, *([self.lead] if self.lead else ()), *self.others)

    def concerns(self, by: Actor, tree: Tree) -> bool:
        return any(tree.covers(by.org, org) for org in self.orgs)

    def leads(self, by: Actor, tree: Tree) -> bool:
        """Before it is routed its station; afterwards the lead, and the worker of its grid."""
        if self.lead is None:
            return by.role in STATION and tree.covers(by.org, self.target)
        covers = tree.covers(by.org, self.lead) or by.org in self.others
        return by.role in HANDLERS and covers


def must_be_open(
    by: Actor, answering: Answering, consents: Collection[str], stage: Stage, tree: Tree
) -> None:
    """Raises Forbidden. Once the matter is over it is open to nobody."""
    must_be(by, STATION | HANDLERS)
    if stage in OVER:
        raise Forbidden("original-is-closed")
    if not may_be_shown(answering.leads(by, tree), consents):
        raise Forbidden("resident-did-not-agree")
