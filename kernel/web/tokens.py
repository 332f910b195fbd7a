"""Tokens by which a service shows another who asks and what for; each is good for a minute."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from fastapi import Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict

from kernel.decider import Forbidden

LIFE, SKEW = 60, 5
"""Seconds it is good for, and by how much its maker's clock may be ahead."""
ALGORITHM = "Ed25519"  # RFC 9864; its older name EdDSA left the curve open
Keys = Mapping[str, bytes]
"""Service → its public key."""


class Claims(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)

    iss: str
    aud: str
    purpose: str
    iat: int
    exp: int
    jti: str


def mint(private_key: bytes, iss: str, aud: str, purpose: str, now: datetime) -> str:
    at = int(now.timestamp())
    claims = Claims(iss=iss, aud=aud, purpose=purpose, iat=at, exp=at + LIFE, jti=str(uuid4()))
    key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(private_key))
    return jwt.encode({"alg": ALGORITHM, "kid": iss}, claims.model_dump(), key, [ALGORITHM])


def check(token: str, public_keys: Keys, aud: str, purpose: str, now: datetime) -> Claims:
    """Raises Forbidden, with the reason as its code."""
    claims = _signed(token, public_keys)
    if not claims.iat - SKEW <= now.timestamp() < min(claims.exp, claims.iat + LIFE):
        raise Forbidden("token-expired")
    if claims.aud != aud:
        raise Forbidden("token-for-another-service")
    if claims.purpose != purpose:
        raise Forbidden("token-for-another-purpose")
    return claims


def _signed(token: str, public_keys: Keys) -> Claims:
    """By the service that it names itself, and by no other."""
    try:
        read = jwt.decode(token, lambda it: _key(public_keys[it.headers()["kid"]]), [ALGORITHM])
        claims = Claims.model_validate(read.claims)
    except (JoseError, LookupError, TypeError, ValueError):
        raise Forbidden("token-wrong") from None
    if claims.iss != read.header["kid"]:
        raise Forbidden("token-wrong")
    return claims


def _key(public: bytes) -> OKPKey:
    return OKPKey.import_key(Ed25519PublicKey.from_public_bytes(public))


def from_service(
    public_keys: Callable[[], Keys], aud: str, purpose: str, now: Callable[[], datetime]
) -> Callable[[Request], Awaitable[Claims]]:
    """For an internal route: `Depends(from_service(…))`."""

    async def claims(request: Request) -> Claims:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise Forbidden("token-missing")
        return check(token.strip(), public_keys(), aud, purpose, now())

    return claims
