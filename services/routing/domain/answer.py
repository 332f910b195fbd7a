"""The answer, and what the resident's word about it brings: T19, T20."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.approval import AnswerDrafted
from contracts.intake import Solved
from contracts.routing import (
    AnswerResult,
    CloseBasis,
    IssueClosed,
    IssueReopened,
    VoiceNotFollowed,
)
from contracts.stages import Stage
from kernel.decider import Refused
from kernel.seal.sealed import Sealed
from services.routing.domain.approval import answered
from services.routing.domain.case import ANSWERABLE, Case, Desk, Fact
from services.routing.domain.work import Files, must_be_kept, must_be_spoken_to

Reply = Annotated[str, Field(min_length=20, max_length=2000)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
CONTENT = 3
"""The least satisfaction that lets a matter rest."""


@dataclass(frozen=True, slots=True)
class AnswerIssue:
    result: AnswerResult
    reply: Reply
    evidence: Files = ()
    meeting_id: UUID | None = None
    no_meeting_reason: Words | None = None
    next_review_on: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class HearEvaluation:
    """What routing wishes when it hears IssueEvaluated."""

    fact_id: UUID
    round: int
    solved: Solved
    satisfaction: int


def answer(wish: AnswerIssue, case: Case, desk: Desk) -> Sequence[Fact]:
    """A MAJOR matter's waits for the head of whoever leads; put forward again it takes the place
    of the one before."""
    case.at(*ANSWERABLE)
    desk.handler(case)
    must_be_spoken_to(case)
    if wish.result is AnswerResult.ON_AGENDA and wish.next_review_on is None:
        raise Refused("say-when-it-is-looked-at-again")
    must_have_met(wish, case, desk)
    must_be_kept(wish.evidence, desk)
    draft = drafted(wish, case)
    return [draft if case.needs_head() else answered(draft, desk)]


def drafted(wish: AnswerIssue, case: Case) -> AnswerDrafted:
    reason = wish.no_meeting_reason
    return AnswerDrafted(
        round=case.round,
        nth=case.drafts + 1,
        result=wish.result,
        reply=Sealed("case", wish.reply),
        evidence=wish.evidence,
        meeting_id=wish.meeting_id,
        no_meeting_reason=Sealed("case", reason) if reason else None,
        next_review_on=wish.next_review_on,
    )


def must_have_met(wish: AnswerIssue, case: Case, desk: Desk) -> None:
    if wish.meeting_id is not None and wish.meeting_id not in desk.held:
        raise Refused("no-such-meeting-was-held")
    if case.needs_meeting() and wish.meeting_id is None and not wish.no_meeting_reason:
        raise Refused("meet-first-or-say-why-not")


def hear_evaluation(wish: HearEvaluation, case: Case, desk: Desk) -> Sequence[Fact]:
    """Content or not: nothing that a resident says is without effect."""
    if case.stage is not Stage.ANSWERED or case.round != wish.round:
        return [] if wish.fact_id in case.voices else [too_late(wish, case)]
    if wish.solved is Solved.NO or wish.satisfaction < CONTENT:
        return [reopening(case, desk)]
    return [IssueClosed(basis=CloseBasis.EVALUATED, solved=wish.solved)]


def too_late(wish: HearEvaluation, case: Case) -> VoiceNotFollowed:
    return VoiceNotFollowed(fact_id=wish.fact_id, why=f"not-now:{case.stage}")


def reopening(case: Case, desk: Desk) -> IssueReopened:
    leg = case.routed()
    clocks = desk.policy.clocks(leg.assessment.urgency, leg.lane, desk.now)
    contact_by = desk.policy.calendar.plus_days(desk.now, 1)
    return IssueReopened(round=case.round + 1, contact_by=contact_by, resolve_by=clocks.resolve_by)
