"""A form becomes a matter: card, photos and key first, the fact last; sent twice it is once."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID, uuid5

from sqlalchemy import text

from contracts.calendar import day_of
from contracts.intake import Attachment, Channel, TargetLevel
from contracts.permission import Role
from contracts.redaction import redact, title_of
from kernel.database import Database
from kernel.decider import Actor, Refused
from kernel.handle import Command, Store
from kernel.seal.keyring import Missing
from kernel.seal.vault import Vault
from kernel.store import KeyReused
from services.intake.commands import ISSUES
from services.intake.domain import issue
from services.intake.domain.code import code_of
from services.intake.domain.reporter import must_agree, tidy

MOST_CODES = 3
RAISED = text("""
select kernel.now() as now,
       exists (select from kernel.events where stream_id = :stream and version = 1) as raised
""")
SENT = text("""
insert into intake.sent (issue, reporter, mark, at) values (:issue, :reporter, :mark, kernel.now())
on conflict (issue) do update set mark = excluded.mark, at = excluded.at
""")


@dataclass(frozen=True)
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
    attachments: tuple[Attachment, ...] = ()

    @cached_property
    def issue(self) -> UUID:
        return issue_of(self.client_id)

    @cached_property
    def reporter(self) -> UUID:
        return uuid5(self.client_id, "reporter")

    @property
    def card(self) -> dict[str, str]:
        return {"name": self.name, "contact": tidy(self.contact)}


@dataclass(frozen=True, slots=True)
class Raised:
    id: UUID
    code: str


def issue_of(client_id: UUID) -> UUID:
    return uuid5(client_id, "issue")


async def raise_issue(store: Store, vault: Vault | None, said: Said) -> Raised:
    """The card first, the fact last; both named by the form, so that a double tap is one matter.
    Of who did not agree nothing is kept at all."""
    must_agree(said.consents)
    await keep_card(store, vault_of(vault), said)
    command = Command(said.client_id, Actor(said.reporter, Role.RESIDENT, ""), said.client_id)
    for code in codes(store.secret, said.client_id):
        try:
            await ISSUES.carry_out(store, str(said.issue), wish_of(said, code), command)
            return Raised(said.issue, code)
        except (KeyReused, Refused) as no:
            if isinstance(no, Refused) and no.code != "already-taken":
                raise
    raise KeyReused(said.client_id)  # sent before with other words: these are not lost silently


def vault_of(vault: Vault | None) -> Vault:
    if vault is None:
        raise LookupError("intake was given no key for its vault (MAZHA_INTAKE_VAULT_KEY)")
    return vault


async def keep_card(store: Store, vault: Vault, said: Said) -> None:
    """Of a matter that was raised before, the card stays as it was raised."""
    seen = await store.db.one(RAISED, stream=ISSUES.stream.id(said.issue))
    if seen.raised:
        kept = await vault.get(str(said.reporter))
        if not isinstance(kept, Missing) and kept != said.card:
            raise KeyReused(said.client_id)
        return
    mark = mark_of(store.secret, said.contact, day_of(seen.now))
    await sent(store.db, said, mark)
    await vault.put(str(said.reporter), said.card)


async def is_raised(db: Database, issue: UUID) -> bool:
    return bool((await db.one(RAISED, stream=ISSUES.stream.id(issue))).raised)


async def sent(db: Database, said: Said, mark: bytes) -> None:
    await db.do(SENT, {"issue": said.issue, "reporter": said.reporter, "mark": mark})


def mark_of(secret: bytes, contact: str, day: date) -> bytes:
    """Of a contact on one day: enough to count by, and on the next day it is another."""
    said = f"contact:{day.isoformat()}:{tidy(contact)}".encode()
    return hmac.new(secret, said, hashlib.sha256).digest()


def codes(secret: bytes, client_id: UUID) -> Iterator[str]:
    """Those that a form may get, in their order: not to be guessed, and the same again."""
    for nth in range(MOST_CODES):
        mark = hmac.new(secret, f"code:{client_id}:{nth}".encode(), hashlib.sha256).digest()
        yield code_of(int.from_bytes(mark) % 10**11)


def wish_of(said: Said, code: str) -> issue.SubmitIssue:
    redacted = redact(said.text, [said.name])
    return issue.SubmitIssue(
        public_code=code,
        channel=Channel.QR if said.qr_id else Channel.WEB,
        level=said.level,
        org_code=said.org_code,
        text=said.text,
        text_redacted=redacted,
        title=title_of(redacted),
        reporter_ref=said.reporter,
        consents=said.consents,
        notice_ver=said.notice_ver,
        qr_id=said.qr_id,
        place=said.place,
        attachments=said.attachments,
    )
