"""When something is due, as people say it: how long still, how late, and how much time is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.calendar import CLOSES, ZONE
from contracts.routing import (
    IssueAnswered,
    IssueContacted,
    IssueReopened,
    IssueRouted,
    IssueSigned,
)
from contracts.stages import TRIES_IN_VAIN
from kernel.event import Event
from services.routing.domain.case import CaseOpened
from services.routing.projections.case_file import Step
from skin.words import day, moment, span

SOON = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Due:
    """`kind`: late, soon or nothing; the words carry it, the colour repeats."""

    words: str = "—"
    kind: str = ""
    under: str = ""


def end_of(now: datetime) -> datetime:
    """Of the local day."""
    here = now.astimezone(ZONE)
    return datetime.combine(here.date() + timedelta(days=1), CLOSES.min, ZONE)


def due(at: datetime | None, now: datetime) -> Due:
    if at is None:
        return Due()
    if at <= now:
        return Due(f"超时 {span(now - at)}", "late", moment(at, "zh-CN"))
    left = f"还有 {span(at - now)}"
    if at - now <= SOON:
        return Due(left, "late", clock_of(at, now))
    return Due(clock_of(at, now), "soon" if at < end_of(now) else "", left)


def clock_of(at: datetime, now: datetime) -> str:
    there, here = at.astimezone(ZONE), now.astimezone(ZONE)
    near = {0: "今天", 1: "明天"}.get((there.date() - here.date()).days)
    return f"{near or day(there.date(), 'zh-CN')} {there:%H:%M}"


def short(at: datetime) -> str:
    """In a column of instants, where the weekday says nothing."""
    here = at.astimezone(ZONE)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


# ── the four clocks ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Clock:
    """`part` of its time that is spent; `colour` of its meter."""

    name: str
    due: Due
    part: float
    colour: str
    under: str


@dataclass(frozen=True, slots=True)
class Run:
    begun: datetime | None
    by: datetime | None
    ended: datetime | None = None


def clocks(steps: Sequence[Step], now: datetime) -> list[Clock]:
    """Of the newest leg and round; what is not begun says so."""
    found = runs(steps)
    names = ("分派", "签收", "首次联系", "答复")
    return [clock(name, run, now) for name, run in zip(names, found, strict=True)]


def clock(name: str, run: Run, now: datetime) -> Clock:
    if run.begun is None or run.by is None:
        return Clock(name, Due("还没开始"), 0, "river", "")
    spent, given = (run.ended or now) - run.begun, run.by - run.begun
    part = spent / given if given else 1.0
    late, used = part > 1, f"用了 {span(spent)}，时限 {moment(run.by, 'zh-CN')}"
    if run.ended:
        words = Due(f"迟了 {span(run.ended - run.by)}", "late") if late else Due("按时")
        return Clock(name, words, part, "seal" if late else "pine", used)
    return Clock(name, due(run.by, now), part, "seal" if late else "loess", used)


def runs(steps: Sequence[Step]) -> tuple[Run, Run, Run, Run]:
    triage = sign = contact = answer = Run(None, None)
    for step in steps:
        match step.fact:
            case CaseOpened(submitted_at=at, triage_by=by):
                triage = Run(at, by)
            case IssueRouted() as leg:
                triage = ended(triage, step.at)
                sign, contact, answer = anew(leg, step.at)
            case IssueReopened() as again:
                contact, answer = Run(step.at, again.contact_by), Run(step.at, again.resolve_by)
            case _:
                sign, contact, answer = passed(step.fact, step.at, sign, contact, answer)
    return triage, sign, contact, answer


def anew(leg: IssueRouted, at: datetime) -> tuple[Run, Run, Run]:
    return Run(at, leg.sign_by), Run(at, leg.contact_by), Run(at, leg.resolve_by)


def passed(fact: Event, at: datetime, sign: Run, contact: Run, answer: Run) -> tuple[Run, Run, Run]:
    match fact:
        case IssueSigned():
            return ended(sign, at), contact, answer
        case IssueContacted(reached=reached, attempt=n) if reached or n >= TRIES_IN_VAIN:
            return sign, ended(contact, at), answer
        case IssueAnswered():
            return sign, contact, ended(answer, at)
        case _:
            return sign, contact, answer


def ended(run: Run, at: datetime) -> Run:
    """Only the first time counts."""
    return run if run.ended else Run(run.begun, run.by, at)
