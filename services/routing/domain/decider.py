"""All wishes about one matter, and the stream that keeps what came of them."""

from collections.abc import Sequence
from typing import assert_never

from contracts.routing import ClockName
from kernel.decider import Decider, Stream
from services.routing.domain.answer import AnswerIssue, HearEvaluation, answer, hear_evaluation
from services.routing.domain.approval import ApproveAnswer, SendAnswerBack, approve, send_back
from services.routing.domain.case import FACTS, Case, Desk, Fact, clocks
from services.routing.domain.deliberation import (
    HearDecision,
    HearMeeting,
    PromoteToTopic,
    hear_decision,
    hear_meeting,
    promote,
)
from services.routing.domain.evolving import evolve
from services.routing.domain.leaving import DeclineIssue, TransferOut, decline, transfer
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
    SeeContact,
    SignIssue,
    StartWork,
    contact,
    progress,
    see_contact,
    sign,
    start,
)

Triage = AcceptIssue | RouteIssue | DeclineIssue | TransferOut
Work = SignIssue | ContactReporter | StartWork | AddProgress | AnswerIssue
Approval = ApproveAnswer | SendAnswerBack
Asked = Triage | Work | Approval
"""What people may wish by a command of its name; SeeContact is asked on its page alone."""
Heard = OpenCase | HearEvaluation | PromoteToTopic | HearDecision | HearMeeting | Urge
Wish = Asked | SeeContact | Heard


def decide(wish: Wish, case: Case, desk: Desk) -> Sequence[Fact]:
    match wish:
        case AcceptIssue() | RouteIssue() | DeclineIssue() | TransferOut():
            return triage(wish, case, desk)
        case SignIssue() | ContactReporter() | StartWork() | AddProgress() | AnswerIssue():
            return work(wish, case, desk)
        case ApproveAnswer():
            return approve(wish, case, desk)
        case SendAnswerBack():
            return send_back(wish, case, desk)
        case SeeContact():
            return see_contact(wish, case, desk)
        case _:
            return hear(wish, case, desk)


def triage(wish: Triage, case: Case, desk: Desk) -> Sequence[Fact]:
    match wish:
        case AcceptIssue():
            return accept(wish, case, desk)
        case RouteIssue():
            return route(wish, case, desk)
        case DeclineIssue():
            return decline(wish, case, desk)
        case TransferOut():
            return transfer(wish, case, desk)
        case _:
            assert_never(wish)


def work(wish: Work, case: Case, desk: Desk) -> Sequence[Fact]:
    match wish:
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
        case _:
            assert_never(wish)


def hear(wish: Heard, case: Case, desk: Desk) -> Sequence[Fact]:
    match wish:
        case OpenCase():
            return open_case(wish, case, desk)
        case HearEvaluation():
            return hear_evaluation(wish, case, desk)
        case PromoteToTopic():
            return promote(wish, case, desk)
        case HearDecision():
            return hear_decision(wish, case, desk)
        case HearMeeting():
            return hear_meeting(wish, case, desk)
        case Urge():
            return urge(wish, case, desk)
        case _:
            assert_never(wish)


def wake(clock: str) -> Wish:
    return Urge(ClockName(clock))


decider: Decider[Wish, Case, Fact, Desk] = Decider(Case(), decide, evolve)
CASE = Stream("case", "issue.events.v1", FACTS, decider, clocks=clocks, wake=wake)
