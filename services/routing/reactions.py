"""What routing does because it heard something."""

from collections.abc import Iterable

from contracts.intake import IssueEvaluated, IssueSubmitted
from kernel.envelope import About
from kernel.read.reaction import Ask, Reactions
from services.routing.commands import CASES
from services.routing.domain.answer import HearEvaluation
from services.routing.domain.triage import OpenCase

reactions = Reactions()


@reactions.to(IssueSubmitted)
def open_a_case(fact: IssueSubmitted, about: About) -> Iterable[Ask]:
    wish = OpenCase(fact.target.org_code, fact.target.level, about.at)
    return [Ask(CASES, about.key, wish)]


@reactions.to(IssueEvaluated)
def follow_the_resident(fact: IssueEvaluated, about: About) -> Iterable[Ask]:
    wish = HearEvaluation(about.id, fact.round, fact.solved, fact.satisfaction)
    return [Ask(CASES, about.key, wish)]
