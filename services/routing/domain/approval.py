"""Of a MAJOR matter the head of whoever leads it approves the answer, or sends it back: T19."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.permission import HEADS, must_be
from contracts.routing import IssueAnswered
from kernel.decider import Refused
from kernel.seal.sealed import Sealed
from services.routing.domain.case import ANSWERABLE, Case, Desk, Fact
from services.routing.domain.policy import EVALUATE_WITHIN

KEPT = AnswerDrafted.model_fields.keys() & IssueAnswered.model_fields.keys()


@dataclass(frozen=True, slots=True)
class ApproveAnswer:
    """`nth`: the draft that was read, for another may have taken its place."""

    nth: int


@dataclass(frozen=True, slots=True)
class SendAnswerBack:
    nth: int
    reason: Annotated[str, Field(min_length=4, max_length=2000)]


def approve(wish: ApproveAnswer, case: Case, desk: Desk) -> Sequence[Fact]:
    return [answered(waiting(wish.nth, case, desk), desk)]


def send_back(wish: SendAnswerBack, case: Case, desk: Desk) -> Sequence[Fact]:
    waiting(wish.nth, case, desk)
    return [AnswerSentBack(why=Sealed("case", wish.reason))]


def waiting(nth: int, case: Case, desk: Desk) -> AnswerDrafted:
    must_be(desk.by, HEADS)  # nobody else is even told that it is not yet time
    case.at(*ANSWERABLE)
    desk.head(case)
    if case.draft is None:
        raise Refused("no-answer-to-approve")
    if case.draft.nth != nth:
        raise Refused("answer-drafted-anew")
    return case.draft


def answered(draft: AnswerDrafted, desk: Desk) -> IssueAnswered:
    """To the letter: its texts stay closed as they were."""
    said = {name: getattr(draft, name) for name in KEPT}
    return IssueAnswered(**said, evaluate_by=desk.now + EVALUATE_WITHIN)
