"""A service's token is good for one service, one purpose and one minute."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends, FastAPI
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from kernel.decider import Forbidden
from kernel.web import problems
from kernel.web.tokens import Claims, check, from_service, mint
from tests.kernel.web.desk import problem, without_store

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
POST, STRANGER = bytes(range(32)), bytes(range(1, 33))


def public(private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


KEYS = {"post": public(POST), "cards": public(STRANGER)}


def made(private: bytes = POST, iss: str = "post", **more: Any) -> str:
    given = {"aud": "library", "purpose": "facts", "now": NOW}
    return mint(private, iss, **{**given, **more})


def checked(token: str, keys: dict[str, bytes] = KEYS, **more: Any) -> Claims:
    given = {"aud": "library", "purpose": "facts", "now": NOW}
    return check(token, keys, **{**given, **more})


def refusal(token: str, **more: Any) -> str:
    with pytest.raises(Forbidden) as no:
        checked(token, **more)
    return no.value.code


def signed(claims: dict[str, Any], kid: str = "post", private: bytes = POST) -> str:
    key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(private))
    return jwt.encode({"alg": "Ed25519", "kid": kid}, claims, key, ["Ed25519"])


def test_a_token_says_who_asks_whom_and_what_for() -> None:
    claims = checked(made())
    assert (claims.iss, claims.aud, claims.purpose) == ("post", "library", "facts")
    assert claims.exp - claims.iat == 60
    assert claims.jti != checked(made()).jti


def test_it_lasts_a_minute() -> None:
    token = made()
    checked(token, now=NOW + timedelta(seconds=59))
    assert refusal(token, now=NOW + timedelta(seconds=60)) == "token-expired"


def test_it_is_not_good_before_it_was_made_but_clocks_may_differ_a_little() -> None:
    token = made()
    checked(token, now=NOW - timedelta(seconds=5))
    assert refusal(token, now=NOW - timedelta(seconds=6)) == "token-expired"


def test_nobody_can_make_one_that_lasts_longer() -> None:
    claims = checked(made()).model_dump() | {"exp": int(NOW.timestamp()) + 3600}
    assert refusal(signed(claims), now=NOW + timedelta(seconds=60)) == "token-expired"


def test_it_is_for_one_service_and_one_purpose() -> None:
    assert refusal(made(aud="cards")) == "token-for-another-service"
    assert refusal(made(purpose="keys")) == "token-for-another-purpose"


def test_a_foreign_key_signs_for_nobody() -> None:
    assert refusal(made(STRANGER)) == "token-wrong"
    assert refusal(made(), keys={"cards": KEYS["cards"]}) == "token-wrong"


def test_a_known_service_cannot_speak_for_another() -> None:
    claims = checked(made()).model_dump()
    assert refusal(signed(claims, kid="cards", private=STRANGER)) == "token-wrong"


def test_the_public_key_is_no_shared_secret() -> None:
    claims = checked(made()).model_dump()
    secret = OctKey.import_key(KEYS["post"])
    forged = jwt.encode({"alg": "HS256", "kid": "post"}, claims, secret, ["HS256"])
    assert refusal(forged) == "token-wrong"


def raw(header: bytes, signature: bytes = b"") -> str:
    parts = (urlsafe_b64encode(part).decode().rstrip("=") for part in (header, b"{}", signature))
    return ".".join(parts)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a.b.c",
        "\N{SNOWMAN}",
        made() + "x",
        made().rpartition(".")[0] + ".",
        raw(b'{"alg":"none","kid":"post"}'),
        raw(b'{"alg":"Ed25519","kid":["post"]}', b"x"),
        raw(b'{"alg":"Ed25519"}', b"x"),
        raw(b'{"alg":"Ed25519","kid":"post","crit":1}', b"x"),
        signed({"iss": "post"}),
        signed(checked(made()).model_dump() | {"exp": "1777887060"}),
    ],
    ids=range(12),
)
def test_what_is_no_token_of_ours_is_refused_and_never_breaks_the_check(token: str) -> None:
    assert refusal(token) == "token-wrong"


def internal() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    asks = from_service(lambda: KEYS, "library", "facts", lambda: NOW)

    @app.get("/internal/facts")
    async def facts(claims: Annotated[Claims, Depends(asks)]) -> str:
        return claims.iss

    return app


def test_an_internal_route_knows_who_asks() -> None:
    client, path = without_store(internal()), "/internal/facts"
    answer = client.get(path, headers={"authorization": f"Bearer {made()}"})
    assert answer.json() == "post"
    assert problem(client.get(path)) == (403, "token-missing")
    late = {"authorization": f"Bearer {made(now=NOW - timedelta(minutes=2))}"}
    assert problem(client.get(path, headers=late)) == (403, "token-expired")
    assert problem(client.get(path, headers={"authorization": "Basic eDp5"}))[0] == 403
