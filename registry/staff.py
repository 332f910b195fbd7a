"""Who of the staff asks: a short token signed by directory, and the seat it names, still taken."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict

from kernel.clock import now
from kernel.database import Database
from kernel.decider import Actor
from kernel.web.problems import Problem
from registry.ground import ground
from registry.seats import sits

LIFE = 300
"""Seconds; it is renewed while somebody works."""
COOKIE, ALGORITHM, PURPOSE = "mazha", "Ed25519", "staff"
SAFE = f"__Host-{COOKIE}"
"""Outside a trial, which has no HTTPS: no other host can have set a cookie of this name."""


class Claims(BaseModel):
    model_config = ConfigDict(frozen=True)

    sub: UUID
    seat: UUID
    purpose: str
    iat: float
    exp: int


def mint(
    private_key: bytes, account: UUID, seat: UUID, at: datetime, since: datetime | None = None
) -> str:
    """`since`: of a session that is renewed, when it was opened: its tokens end with it."""
    said = {"sub": str(account), "seat": str(seat), "purpose": PURPOSE}
    key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(private_key))
    until = {"iat": (since or at).timestamp(), "exp": int(at.timestamp()) + LIFE}
    return jwt.encode({"alg": ALGORITHM}, {**said, **until}, key, [ALGORITHM])


def read(token: str, public_key: bytes, at: datetime) -> Claims:
    """Raises Problem: 401, with words that send to the sign-in."""
    key = OKPKey.import_key(Ed25519PublicKey.from_public_bytes(public_key))
    try:
        claims = Claims.model_validate(jwt.decode(token, key, [ALGORITHM]).claims)
    except (JoseError, ValueError):
        raise Problem(401, "unauthorized") from None
    if claims.purpose != PURPOSE or claims.exp <= at.timestamp():
        raise Problem(401, "session-expired")
    return claims


def cookie_name(safe: bool) -> str:
    return SAFE if safe else COOKIE


def token_of(request: Request, safe: bool) -> str:
    """`safe`: outside a trial no cookie counts that another host could have set."""
    kind, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer if kind.lower() == "bearer" else request.cookies.get(cookie_name(safe), "")


def staff(db: Database, public_key: bytes, safe: bool) -> Callable[[Request], Awaitable[Actor]]:
    """For a route: `Depends(staff(…))`. The store's clock says whether the token still holds."""

    async def caller(request: Request) -> Actor:
        token = token_of(request, safe)
        if not token:
            raise Problem(401, "unauthorized")
        claims = read(token, public_key, await now(db))
        return await seated(db, claims)

    return caller


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in, and what the seat's organisation is called."""

    actor: Actor
    org: str


def signed_in(db: Database, public_key: bytes, safe: bool) -> Callable[[Request], Awaitable[Staff]]:
    """For a page: `Depends(signed_in(…))`."""
    caller = staff(db, public_key, safe)

    async def who(request: Request) -> Staff:
        actor = await caller(request)
        place = (await ground(db)).places.get(actor.org)
        return Staff(actor, place.name if place else actor.org)

    return who


async def seated(db: Database, claims: Claims) -> Actor:
    """A seat that was left since then, or sessions that were ended, open nothing any more."""
    signed = datetime.fromtimestamp(claims.iat, UTC)
    row: Any = await sits(db, claims.sub, claims.seat, signed)
    if row is None:
        raise Problem(401, "seat-ended")
    return Actor(claims.sub, row.role, row.org, claims.seat)
