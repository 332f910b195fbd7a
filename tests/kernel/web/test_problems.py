"""A no is a problem with words that one can act on, and gives away nothing that was typed."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.exc import ProgrammingError
from structlog.testing import capture_logs

from kernel.database import Busy
from kernel.decider import Forbidden, Refused
from kernel.handle import Stale
from kernel.store import Conflict, KeyReused
from kernel.web import problems
from kernel.web.problems import kernel_words, language_of
from tests.kernel.web.desk import problem, without_store

TYPED = "13800001234"
WORDS = json.loads(Path(problems.__file__).with_name("words.json").read_text())


class Undefined(Exception):
    """As PostgreSQL says that a table is not there."""

    sqlstate = "42P01"


ERRORS: dict[str, tuple[Exception, int, str]] = {
    "refused": (Refused("erased"), 409, "erased"),
    "forbidden": (Forbidden("forbidden"), 403, "forbidden"),
    "stale": (Stale("screen-is-old", version=3), 412, "screen-is-old"),
    "key reused": (KeyReused("book-1"), 422, "key-reused"),
    "conflict": (Conflict("book-1"), 409, "others-were-faster"),
    "busy": (Busy(), 503, "busy"),
    "database away": (ConnectionRefusedError(TYPED), 503, "store-away"),
    "not built yet": (ProgrammingError("select", {}, Undefined(TYPED)), 503, "store-away"),
    "unforeseen": (ValueError(TYPED), 500, "unexpected"),
}


class Form(BaseModel, extra="forbid"):
    name: str
    age: int


def app_that_raises(error: Exception) -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.get("/raise")
    async def raising() -> None:
        raise error

    @app.post("/form")
    async def form(form: Form) -> Form:
        return form

    return app


def asked(error: Exception, path: str = "/raise", **headers: str) -> Any:
    return without_store(app_that_raises(error)).get(path, headers=headers)


@pytest.mark.parametrize("kind", ERRORS)
def test_each_error_has_its_answer(kind: str) -> None:
    error, status, code = ERRORS[kind]
    answer = asked(error)
    assert problem(answer) == (status, code)
    assert answer.json()["detail"].startswith(WORDS["zh-CN"][code].partition("{")[0])


@pytest.mark.parametrize("kind", ERRORS)
def test_neither_the_answer_nor_the_log_has_the_text_of_the_error(kind: str) -> None:
    with capture_logs() as logged:
        answer = asked(ERRORS[kind][0])
    assert TYPED not in answer.text + str(logged)


def test_what_nobody_foresaw_is_logged_under_the_id_that_was_answered() -> None:
    with capture_logs() as logged:
        said = asked(ValueError(TYPED), **{"accept-language": "en"}).json()
    [line] = logged
    assert line["log_level"] == "error" and line["error"] == "ValueError"
    assert said["values"] == {"id": line["id"]} and line["id"] in said["detail"]
    assert any(place.startswith(__file__) for place in line["where"])
    assert asked(ValueError(TYPED)).json()["values"] != said["values"]


def test_what_will_pass_says_when_to_come_again() -> None:
    for kind in ("busy", "database away", "not built yet"):
        assert int(asked(ERRORS[kind][0]).headers["retry-after"]) > 0


def test_what_will_pass_by_itself_is_no_alarm() -> None:
    """While a read model is built, pages cannot read it: nobody need report that."""
    with capture_logs() as logged:
        for kind in ("database away", "not built yet"):
            asked(ERRORS[kind][0])
    assert [line["log_level"] for line in logged] == ["warning"] * 2
    assert all(line["do"].startswith("nothing") for line in logged)


def test_an_old_screen_is_told_the_version_of_today() -> None:
    assert asked(ERRORS["stale"][0]).headers["etag"] == '"3"'


def test_values_are_json_whatever_a_rule_put_there() -> None:
    ident = uuid4()
    said = asked(Refused("taken", who=ident, by={1: Decimal("1.50")})).json()
    assert said["values"] == {"who": str(ident), "by": {"1": "1.50"}}


def test_an_unknown_path_or_method_is_a_problem_too() -> None:
    assert problem(asked(Busy(), "/nowhere")) == (404, "not-found")
    answer = asked(Busy(), "/form")
    assert problem(answer) == (405, "method-not-allowed") and answer.headers["allow"] == "POST"


def test_what_is_wrong_in_a_form_is_named_and_not_repeated() -> None:
    client = without_store(app_that_raises(Busy()))
    answer = client.post("/form", json={"name": {"x": TYPED}, "age": TYPED + "x", TYPED: TYPED})
    assert problem(answer) == (422, "invalid")
    assert TYPED not in answer.text
    assert answer.json()["errors"] == [
        {"field": "name", "code": "string_type"},
        {"field": "age", "code": "int_parsing"},
        {"field": "?", "code": "extra_forbidden"},
    ]


def test_a_form_that_is_no_json_is_not_repeated_either() -> None:
    client = without_store(app_that_raises(Busy()))
    answer = client.post("/form", content=TYPED + "}", headers={"content-type": "application/json"})
    assert problem(answer) == (422, "invalid") and TYPED not in answer.text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh-CN;q=0.8", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("fr, en;q=0.4, zh;q=0.6", "zh-CN"),
        ("fr,en;q=0.4", "en"),
        ("fr,de", "zh-CN"),
        ("en;q=0", "zh-CN"),
        (";;q=,*,\x00", "zh-CN"),
        ("EN" + "," * 10_000, "en"),
    ],
)
def test_words_are_in_the_readers_language(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


def test_an_answer_says_its_language() -> None:
    answer = asked(Refused("erased"), **{"accept-language": "en"})
    assert answer.headers["content-language"] == "en"
    assert answer.json()["detail"] == WORDS["en"]["erased"]


def test_both_languages_have_a_sentence_for_the_same_codes() -> None:
    assert WORDS["zh-CN"].keys() == WORDS["en"].keys()
    assert all(text.strip() for words in WORDS.values() for text in words.values())


def test_a_code_without_words_stands_for_itself() -> None:
    assert kernel_words("never-heard", "en", {}) == "never-heard"


def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    app = FastAPI()
    problems.install(app)

    async def breaking(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise Refused("erased")

    app.mount("/breaks", breaking)
    with pytest.raises(RuntimeError, match="already started"):
        without_store(app).get("/breaks")
