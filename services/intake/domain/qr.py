"""A code at the gate: issued for an organisation, revoked when its paper is lost or torn."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from contracts.intake import Code, QrIssued, QrRevoked
from contracts.permission import Role, Tree, must
from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Kinds

ISSUERS = frozenset({Role.STATION_STAFF, Role.TOWN_LIAISON, Role.COMMUNITY_LIAISON})
Place = Annotated[str, Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class IssueQr:
    org_code: Code
    place: Place


@dataclass(frozen=True, slots=True)
class RevokeQr:
    """`replaced_by`: the code that hangs there now, when it was rotated."""

    replaced_by: UUID | None = None


Wish = IssueQr | RevokeQr
Fact = QrIssued | QrRevoked
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class Qr:
    org_code: str = ""
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    call: Call
    tree: Tree
    active: Container[str]


def decide(wish: Wish, qr: Qr, desk: Desk) -> Sequence[Fact]:
    match wish:
        case IssueQr():
            return issue(wish, qr, desk)
        case RevokeQr():
            return revoke(wish, qr, desk)
        case _:
            assert_never(wish)


def issue(wish: IssueQr, qr: Qr, desk: Desk) -> Sequence[Fact]:
    must(desk.call.by, ISSUERS, wish.org_code, desk.tree)
    if wish.org_code not in desk.active:
        raise Refused("no-such-organisation-today", org=wish.org_code)
    return [] if qr.org_code else [QrIssued(org_code=wish.org_code, place=wish.place)]


def revoke(wish: RevokeQr, qr: Qr, desk: Desk) -> Sequence[Fact]:
    if not qr.org_code:
        raise Refused("no-such-qr")
    must(desk.call.by, ISSUERS, qr.org_code, desk.tree)
    return [] if qr.revoked else [QrRevoked(replaced_by=wish.replaced_by)]


def evolve(qr: Qr, fact: Fact) -> Qr:
    match fact:
        case QrIssued():
            return replace(qr, org_code=fact.org_code)
        case QrRevoked():
            return replace(qr, revoked=True)
        case _:
            assert_never(fact)


decider: Decider[Wish, Qr, Fact, Desk] = Decider(Qr(), decide, evolve)
QR = Stream("qr", "issue.events.v1", FACTS, decider)
