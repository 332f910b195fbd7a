"""Which organisations may see a matter, and why?"""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.routing import IssueRouted, IssueTopicDecided
from kernel.envelope import About
from kernel.read.projection import Changes, Projection
from services.routing.domain.case import CaseOpened


@dataclass(slots=True)
class CaseOrg:
    """`key` is `<issue>:<why>:<organisation>`. `since`: the version of the case that said so."""

    key: str
    issue_id: str = ""
    org: str = ""
    why: str = ""
    since: int = 0


case_org = Projection(CaseOrg, key="key", version=1, indexes=("org", "issue_id"))


def told(row: CaseOrg, about: About) -> Changes:
    issue, why, org = row.key.split(":", 2)
    return {"issue_id": issue, "why": why, "org": org, "since": about.version}


def raised_at(fact: CaseOpened, about: About) -> Sequence[str]:
    return [f"{about.key}:target:{fact.target_org}"]


def led_by(fact: IssueRouted, about: About) -> Sequence[str]:
    grid = [fact.grid_code] if fact.grid_code else []
    helping = [f"{about.key}:helps:{org}" for org in (*fact.co_orgs, *grid)]
    return [f"{about.key}:leads:{fact.lead_org}", *helping]


def handed_to(fact: IssueTopicDecided, about: About) -> Sequence[str]:
    return [f"{about.key}:leads:{fact.handling_org}"] if fact.handling_org else []


@case_org.when(CaseOpened, keys=raised_at)
def opened(row: CaseOrg, _fact: CaseOpened, about: About) -> Changes:
    return told(row, about)


@case_org.when(IssueRouted, keys=led_by)
def routed(row: CaseOrg, _fact: IssueRouted, about: About) -> Changes:
    return told(row, about)


@case_org.when(IssueTopicDecided, keys=handed_to)
def handed(row: CaseOrg, _fact: IssueTopicDecided, about: About) -> Changes:
    return told(row, about)
