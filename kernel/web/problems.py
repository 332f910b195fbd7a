"""Every no over HTTP: RFC 9457 `application/problem+json`, in words of the reader's language."""

import json
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware

from kernel.database import Busy, passes, sqlstate
from kernel.decider import Forbidden, Refused
from kernel.handle import Stale
from kernel.store import Conflict, KeyReused

log = structlog.get_logger(__name__)
Values = Mapping[str, object]
Words = Callable[[str, str, Values], str]
"""(code, language, values) → a sentence that the person may be shown."""
Headers = Mapping[str, str] | None

LANGUAGES = ("zh-CN", "en")
ACCEPTED = re.compile(r"([A-Za-z]{2,8})[\w-]*\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*(?:,|$)")
OURS = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}|[0-9]{1,6}")  # a name may have been typed, too
CODES = {413: "too-large", 422: "invalid"}  # the others after the name of their status
MOST_ERRORS = 50
SOON = {"Retry-After": "3"}
NO: dict[str, Any] = {
    "description": "403 not yours, 409 refused, 412 an old screen, 422 invalid, 503 not now",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
PROBLEMS: dict[int | str, dict[str, Any]] = {"4XX": NO, "5XX": NO}
"""For the OpenAPI of a route."""


class Problem(HTTPException):
    """A no with a code; `values` are what its words speak of."""

    def __init__(
        self, status: int, code: str, values: Values | None = None, headers: Headers = None
    ) -> None:
        super().__init__(status, code, headers)
        self.code, self.values = code, values or {}
        self.errors: list[dict[str, str]] = []


def kernel_words(code: str, language: str, values: Values) -> str:
    """The kernel's own sentences; a code that it does not know stands for itself."""
    sentence = _sentences()[language].get(code, code)
    return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], "")), sentence)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text())
    return read


Show = Callable[[Request, Problem], Awaitable[Response | None]]
"""A no as a page, for who asked for one; None: they did not."""


async def no_page(_request: Request, _problem: Problem) -> None:
    return None


def install(app: FastAPI, words: Words = kernel_words, show: Show = no_page) -> None:
    async def on_error(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        return await show(request, problem) or answer(request, problem, words)

    for kind in (HTTPException, RequestValidationError):  # FastAPI would answer these itself
        app.add_exception_handler(kind, on_error)
    # Starlette's own last resort would raise again, and the server log the text of the error.
    app.add_middleware(ExceptionMiddleware, handlers={Exception: on_error})


def problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case Stale():
            return Problem(412, error.code, error.words, {"ETag": etag(error.words["version"])})
        case Refused():
            return Problem(403 if isinstance(error, Forbidden) else 409, error.code, error.words)
        case KeyReused():
            return Problem(422, "key-reused")
        case Conflict():
            return Problem(409, "others-were-faster")
        case Busy():
            return Problem(503, "busy", headers=SOON)
        case RequestValidationError():
            return _invalid(error)
        case HTTPException(status_code=status):
            code = CODES.get(status, HTTPStatus(status).phrase.lower().replace(" ", "-"))
            return Problem(status, code, headers=error.headers)
        case _:
            return _trouble(error)


def _invalid(error: RequestValidationError) -> Problem:
    """Where and which rule, never what: a value could be a person's own words."""
    problem = Problem(422, "invalid")
    for one in error.errors()[:MOST_ERRORS]:
        room, *names = map(str, one["loc"])
        if room == "header":
            return Problem(400, f"{names[0]}-{'missing' if one['type'] == 'missing' else 'wrong'}")
        field = ".".join(name if OURS.fullmatch(name) else "?" for name in names)
        problem.errors.append({"field": field, "code": one["type"]})
    return problem


def _trouble(error: Exception) -> Problem:
    root = error.__cause__ or error  # of a rule that failed: where it did
    where = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(root.__traceback__)[-5:]]
    said = {"id": str(uuid4()), "error": type(root).__name__, "where": where}
    if passes(error) or unbuilt(error):
        log.warning("a request found its store away", **said, do="nothing, while /readyz says no")
        return Problem(503, "store-away", headers=SOON)
    log.error("a request failed as nobody foresaw", **said, do="report this line")
    return Problem(500, "unexpected", {"id": said["id"]})


def unbuilt(error: Exception) -> bool:
    """A schema, table or column is not there: migrations or the rebuild of a read model are due."""
    return isinstance(error, DBAPIError) and sqlstate(error) in ("3F000", "42P01", "42703")


def answer(request: Request, problem: Problem, words: Words) -> Response:
    language = language_of(request.headers.get("accept-language", ""))
    body = {
        "type": f"/problems/{problem.code}",
        "title": HTTPStatus(problem.status_code).phrase,
        "status": problem.status_code,
        "detail": words(problem.code, language, problem.values),
        "code": problem.code,
        **({"values": problem.values} if problem.values else {}),
        **({"errors": problem.errors} if problem.errors else {}),
    }
    said = orjson.dumps(
        body, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
    )
    headers = {**(problem.headers or {}), "Content-Language": language}
    return Response(said, problem.status_code, headers, "application/problem+json")


def language_of(accepted: str) -> str:
    """The first of ours that the reader would take; the first of all where none is named."""
    asked = sorted(ACCEPTED.findall(accepted[:200]), key=lambda found: -float(found[1] or 1))
    names = {ours.partition("-")[0]: ours for ours in LANGUAGES}
    known = (names[tag.lower()] for tag, q in asked if tag.lower() in names and float(q or 1))
    return next(known, LANGUAGES[0])


def etag(version: object) -> str:
    return f'"{version}"'
