"""All wishes about one matter, and the stream that keeps what came of them."""

from collections.abc import Sequence
from typing import assert_never

from contracts.routing import ClockName
from kernel.decider import Decider, Stream
from services.routing.domain.answer import AnswerIssue, HearEvaluation, answer, hear_evaluation
from services.routing.domain.case import FACTS, Case, Desk, Fact, clocks, evolve
from services.routing.domain.triage import (
    AcceptIssue,
    OpenCase,
    RouteIssue,
    accept,
    open_case,
    route,
)
from services.routing.domain.urging import Urge, urge
from services.routing.domain.work import (
    AddProgress,
    ContactReporter,
    SignIssue,
    StartWork,
    contact,
    progress,
    sign,
    start,
)

Asked = (
    AcceptIssue | RouteIssue | SignIssue | ContactReporter | StartWork | AddProgress | AnswerIssue
)
"""What people may wish."""
Wish = OpenCase | HearEvaluation | Urge | Asked


def decide(wish: Wish, case: Case, desk: Desk) -> Sequence[Fact]:
    match wish:
        case OpenCase():
            return open_case(wish, case, desk)
        case AcceptIssue():
            return accept(wish, case, desk)
        case RouteIssue():
            return route(wish, case, desk)
        case SignIssue():
            return sign(wish, case, desk)
        case ContactReporter():
            return contact(wish, case, desk)
        case StartWork():
            return start(wish, case, desk)
        case AddProgress():
            return progress(wish, case, desk)
        case AnswerIssue():
            return answer(wish, case, desk)
        case HearEvaluation():
            return hear_evaluation(wish, case, desk)
        case Urge():
            return urge(wish, case, desk)
        case _:
            assert_never(wish)


def wake(clock: str) -> Wish:
    return Urge(ClockName(clock))


decider: Decider[Wish, Case, Fact, Desk] = Decider(Case(), decide, evolve)
CASE = Stream("case", "issue.events.v1", FACTS, decider, clocks=clocks, wake=wake)
