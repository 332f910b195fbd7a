"""What comes next for a matter, who does it and by when: one line at the top of its page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from contracts.routing import (
    IssueAnswered,
    IssuePromotedToTopic,
    IssueTopicDecided,
    TopicDecision,
)
from contracts.stages import Stage
from services.routing.projections.case_file import CaseFile
from skin.words import day, moment

F = TypeVar("F")
OVER = {
    Stage.CLOSED: "这件事已办结，没有下一步。",
    Stage.NOT_ACCEPTED: "这件事没有受理，居民可以看到原因和去处。",
    Stage.TRANSFERRED: "这件事已转到其他渠道，居民可以看到转到哪里。",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """`who` does `what`; `by`: until when, in words."""

    what: str
    by: str = ""
    late: bool = False


def next_step(file: CaseFile, lead: str, meeting_at: datetime | None) -> NextStep:
    """`meeting_at`: when the next meeting about it begins, if that was told."""
    case = file.case
    if case.stage in OVER:
        return NextStep(OVER[case.stage])
    match case.stage:
        case Stage.SUBMITTED | Stage.ACCEPTED:
            return NextStep("街道工作站分拣：定类别、缓急，交给哪一级。")
        case Stage.ROUTED:
            return until(f"{lead}签收", case.routed().sign_by, file.now)
        case Stage.TOPIC_PENDING:
            return committee(file)
        case Stage.DELIBERATING:
            return meeting(file, meeting_at)
        case Stage.ANSWERED:
            return rating(file)
        case _:
            return working(file, lead)


def working(file: CaseFile, lead: str) -> NextStep:
    case = file.case
    if not case.spoken_to() and case.contact_by:
        tried = f"（已试 {case.attempts} 次）" if case.attempts else ""
        return until(f"{lead}联系反映人{tried}", case.contact_by, file.now)
    if case.draft:
        return until(f"{lead}的负责人签发答复", case.resolve_by, file.now)
    if case.stage is Stage.IMPLEMENTING:
        what = f"{lead}落实会上定的事，并答复居民"
    else:
        what = f"{lead}办理并答复居民"
    return until(what, case.resolve_by, file.now)


def committee(file: CaseFile) -> NextStep:
    laid = last(file, IssuePromotedToTopic)
    decided = last(file, IssueTopicDecided)
    if decided and decided.decision is TopicDecision.DEFERRED:
        return NextStep("党工委再研究是否列为议题", on(decided.until))
    return until("党工委研究是否列为议题", laid.decide_by if laid else None, file.now)


def meeting(file: CaseFile, meeting_at: datetime | None) -> NextStep:
    if meeting_at and meeting_at > file.now:
        return NextStep("开协商会", moment(meeting_at, "zh-CN"))
    decided = last(file, IssueTopicDecided)
    return until("召集协商会", decided.meet_by if decided else None, file.now)


def rating(file: CaseFile) -> NextStep:
    answer = last(file, IssueAnswered)
    by = f"{moment(answer.evaluate_by, 'zh-CN')} 前" if answer else ""
    return NextStep("等居民评价是否解决", by)


def until(what: str, at: datetime | None, now: datetime) -> NextStep:
    return NextStep(what, f"{moment(at, 'zh-CN')} 前" if at else "", bool(at and at <= now))


def on(at: date | None) -> str:
    return day(at, "zh-CN") if at else ""


def last(file: CaseFile, kind: type[F] | tuple[type[F], ...]) -> F | None:
    return next((s.fact for s in reversed(file.steps) if isinstance(s.fact, kind)), None)
