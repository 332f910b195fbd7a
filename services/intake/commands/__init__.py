"""What intake is asked to do: each fetches what the decision may look at, then decides."""

from sqlalchemy import text

from album.photos import Album
from contracts.calendar import day_of
from contracts.directory import Level
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.routing import IssueAnswered, IssueClosed, IssueReopened
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from kernel.web.running import Running
from registry.ground import ground
from services.intake.domain import issue, qr
from services.intake.domain.issue import ISSUE, Issue
from services.intake.domain.qr import QR, Qr

NOTICE = "2026-11"
"""The version of the notice that residents are shown."""
STATIONED = (Level.TOWN, Level.VILLAGE)
"""Where a station looks at what comes in; what is sent above it nobody would ever see."""
SENT_TODAY = text("""
select count(*) as n from intake.sent s join intake.sent mine using (mark)
 where mine.issue = cast(:issue as uuid) and s.issue <> mine.issue
   and exists (select from kernel.events e where e.stream_id = 'issue-' || s.issue)
""")
Over = IssueClosed | IssueDeclined | IssueTransferred
Shown = IssueAnswered | IssueReopened | Over
SHOWN: Kinds[Shown] = Kinds(Shown)


async def set_desk(db: Database, issue_id: str, wish: issue.Wish) -> SetDesk[Issue, issue.Desk]:
    here = await ground(db)
    raising = isinstance(wish, issue.SubmitIssue)
    told = [] if raising else await told_of(db, issue_id)
    before = (await db.one(SENT_TODAY, issue=issue_id)).n if raising else 0
    rated = last_answer(told)

    def desk(_issue: Issue, call: Call) -> issue.Desk:
        return issue.Desk(
            call,
            active=here.active(day_of(call.now), STATIONED),
            notice_ver=NOTICE,
            sent_today=before,
            answered_round=rated.round if rated else None,
            evaluate_by=rated.evaluate_by if rated else None,
            closed=bool(told) and isinstance(told[-1], Over),
        )

    return desk


async def told_of(db: Database, issue_id: str) -> list[Shown]:
    """What routing told of the matter, as the resident was shown it."""
    return list(await heard(db, SHOWN, "routing", f"case-{issue_id}"))


def last_answer(told: list[Shown]) -> IssueAnswered | None:
    answers = [fact for fact in told if isinstance(fact, IssueAnswered)]
    return answers[-1] if answers else None


async def set_qr_desk(db: Database, _qr_id: str, _wish: qr.Wish) -> SetDesk[Qr, qr.Desk]:
    here = await ground(db)

    def desk(_qr: Qr, call: Call) -> qr.Desk:
        return qr.Desk(call, here.tree, here.active(day_of(call.now)))

    return desk


def album_of(running: Running) -> Album:
    """Of the residents: with their key go their photos."""
    return Album(running, "reporter")


ISSUES = Handler(ISSUE, set_desk)
QRS = Handler(QR, set_qr_desk)
