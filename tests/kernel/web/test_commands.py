"""A wish over HTTP: what is asked of the request before the store is asked for anything."""

from typing import Any
from uuid import uuid4

import openapi_spec_validator
import pytest

from kernel.web.commands import MOST_BODY
from tests.kernel.web.desk import BASE, BUY, app_of, once, problem, without_store

JSON = {"content-type": "application/json"}


def bought(headers: dict[str, str], **request: Any) -> Any:
    """What would reach the store is answered `busy`: this store is closed."""
    body = request or {"json": BUY}
    return without_store().post(f"{BASE}/1/buy-book", headers=headers, **body)


def test_each_wish_of_the_union_has_its_path_and_no_other_has() -> None:
    paths = app_of().openapi()["paths"]
    wishes = ("buy-book", "lend-book", "take-back")
    assert set(paths) == {f"{BASE}/{{key}}/{wish}" for wish in wishes}
    assert problem(without_store().post(f"{BASE}/1/remind", json={}, headers=once()))[0] == 404


def test_the_openapi_document_is_valid_and_shows_the_wish() -> None:
    document = app_of().openapi()
    openapi_spec_validator.validate(document)
    wish = document["components"]["schemas"]["BuyBook"]
    assert wish["required"] == ["shelfmark", "title"] and wish["additionalProperties"] is False
    post = document["paths"][f"{BASE}/{{key}}/buy-book"]["post"]
    assert {p["name"]: p["required"] for p in post["parameters"]} == {
        "key": True,
        "idempotency-key": True,
        "if-match": False,
        "x-correlation-id": False,
    }
    assert "application/problem+json" in post["responses"]["4XX"]["content"]


def test_an_invalid_openapi_document_would_be_noticed() -> None:
    document = app_of().openapi()
    del document["info"]
    with pytest.raises(Exception, match="is a required property"):
        openapi_spec_validator.validate(document)


def test_a_good_request_reaches_the_store() -> None:
    headers = once(if_match='"1"', x_correlation_id=str(uuid4()))
    assert problem(bought(headers)) == (503, "busy")


def test_without_an_idempotency_key_nothing_is_asked_of_the_store() -> None:
    assert problem(bought({})) == (400, "idempotency-key-missing")
    assert problem(bought({"Idempotency-Key": "1"})) == (400, "idempotency-key-wrong")


@pytest.mark.parametrize("seen", ['"1"', 'W/"12"', "*"])
def test_an_etag_comes_in_three_forms(seen: str) -> None:
    assert problem(bought(once(if_match=seen))) == (503, "busy")


@pytest.mark.parametrize("seen", ["1", '"x"', '"1", "2"', '"-1"', '""', 'W"1"', '"9999999999"'])
def test_another_etag_is_an_error(seen: str) -> None:
    assert problem(bought(once(if_match=seen))) == (400, "if-match-wrong")


def test_a_wrong_correlation_id_is_an_error() -> None:
    assert problem(bought(once(x_correlation_id="x"))) == (400, "x-correlation-id-wrong")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({**BUY, "price": 3}, "price", "unexpected_keyword_argument"),
        ({"shelfmark": "QA76"}, "title", "missing"),
        ({**BUY, "title": 3}, "title", "string_type"),
    ],
)
def test_a_wish_is_read_strictly(body: object, field: str, code: str) -> None:
    answer = bought(once(), json=body)
    assert problem(answer) == (422, "invalid")
    assert answer.json()["errors"] == [{"field": field, "code": code}]


def test_a_body_of_another_type_is_not_read() -> None:
    text = once() | {"content-type": "text/plain"}
    assert problem(bought(text, content=b'{"shelfmark":"a","title":"b"}')) == (422, "invalid")


def test_a_body_that_is_too_large_is_not_read() -> None:
    large = b'{"shelfmark": "' + b"x" * MOST_BODY + b'"}'
    assert problem(bought(once() | JSON, content=large)) == (413, "too-large")
    fits = large.replace(b"x" * 20, b"", 1)
    assert problem(bought(once() | JSON, content=fits)) == (422, "invalid")


def test_a_body_of_unknown_length_is_not_read() -> None:
    answer = bought(once() | JSON, content=iter([b"{}"]))
    assert problem(answer) == (411, "length-required")


@pytest.mark.parametrize("key", ["a%20b", "书", "x" * 101, "a%00"])
def test_a_key_that_no_envelope_could_carry_is_refused(key: str) -> None:
    answer = without_store().post(f"{BASE}/{key}/buy-book", json=BUY, headers=once())
    assert problem(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == "key"


def test_who_may_nothing_is_told_so_before_anything_else() -> None:
    assert problem(bought(once(x_badge="guest"), json={"x": 1})) == (403, "forbidden")
