"""What intake is asked to do: each fetches what the decision may look at, then decides."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from contracts.calendar import ZONE
from contracts.intake import Channel, TargetLevel
from contracts.permission import Role
from contracts.routing import IssueAnswered, IssueClosed, IssueReopened
from kernel.database import Database
from kernel.decider import Actor, Call, Refused
from kernel.event import Kinds
from kernel.handle import Command, Store
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from kernel.seal.vault import Vault
from kernel.store import KeyReused
from registry.ground import ground
from services.intake.domain import issue, qr
from services.intake.domain.code import code_of
from services.intake.domain.issue import ISSUE, Issue
from services.intake.domain.qr import QR, Qr
from services.intake.domain.redaction import redact, title_of

NOTICE = "2026-11"
"""The version of the notice that residents are shown."""
MOST_CODES = 3
Shown = IssueAnswered | IssueReopened | IssueClosed
SHOWN: Kinds[Shown] = Kinds(Shown)


async def set_desk(db: Database, issue_id: str, wish: issue.Wish) -> SetDesk[Issue, issue.Desk]:
    here = await ground(db)
    told = [] if isinstance(wish, issue.SubmitIssue) else await told_of(db, issue_id)
    rated = last_answer(told)

    def desk(_issue: Issue, call: Call) -> issue.Desk:
        return issue.Desk(
            call,
            active=here.active(call.now.astimezone(ZONE).date()),
            notice_ver=NOTICE,
            answered_round=rated.round if rated else None,
            evaluate_by=rated.evaluate_by if rated else None,
            closed=bool(told) and isinstance(told[-1], IssueClosed),
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
        return qr.Desk(call, here.tree, here.active(call.now.astimezone(ZONE).date()))

    return desk


ISSUES = Handler(ISSUE, set_desk)
QRS = Handler(QR, set_qr_desk)


@dataclass(frozen=True, slots=True)
class Said:
    """What a resident wrote in the form."""

    client_id: UUID
    org_code: str
    level: TargetLevel
    text: str
    name: str
    contact: str
    consents: tuple[str, ...]
    notice_ver: str
    place: str = ""
    qr_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    id: UUID
    code: str


async def raise_issue(store: Store, vault: Vault | None, said: Said) -> Raised:
    """The card first, the fact last; both named by the form, so that a double tap is one matter."""
    if vault is None:
        raise LookupError("intake was given no key for its vault (MAZHA_INTAKE_VAULT_KEY)")
    issue_id, reporter = (uuid5(said.client_id, part) for part in ("issue", "reporter"))
    await vault.put(str(reporter), {"name": said.name, "contact": said.contact})
    command = Command(said.client_id, Actor(reporter, Role.RESIDENT, ""), said.client_id)
    for code in codes(store.secret, said.client_id):
        try:
            await ISSUES.carry_out(store, str(issue_id), wish_of(said, reporter, code), command)
            return Raised(issue_id, code)
        except (KeyReused, Refused) as no:
            if isinstance(no, Refused) and no.code != "already-taken":
                raise
    raise KeyReused(said.client_id)  # sent before with other words: these are not lost silently


def codes(secret: bytes, client_id: UUID) -> Iterator[str]:
    """Those that a form may get, in their order: not to be guessed, and the same again."""
    for nth in range(MOST_CODES):
        mark = hmac.new(secret, f"code:{client_id}:{nth}".encode(), hashlib.sha256).digest()
        yield code_of(int.from_bytes(mark) % 10**11)


def wish_of(said: Said, reporter: UUID, code: str) -> issue.SubmitIssue:
    redacted = redact(said.text, [said.name])
    return issue.SubmitIssue(
        public_code=code,
        channel=Channel.QR if said.qr_id else Channel.WEB,
        level=said.level,
        org_code=said.org_code,
        text=said.text,
        text_redacted=redacted,
        title=title_of(redacted),
        reporter_ref=reporter,
        consents=said.consents,
        notice_ver=said.notice_ver,
        qr_id=said.qr_id,
        place=said.place,
    )
