"""Every no over HTTP: RFC 9457 `application/problem+json`, in words of the reader's language."""

import json
import re
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.database import passes
from kernel.decider import Forbidden, Refused
from kernel.handle import Stale
from kernel.store import Conflict, KeyReused
from kernel.writer import Busy

log = structlog.get_logger(__name__)
Words = Callable[[str, str, Mapping[str, object]], str]
"""(code, language, values) → a sentence that the person may be shown."""
Values = Mapping[str, object]

LANGUAGES = ("zh-CN", "en")
ACCEPTED = re.compile(r"([A-Za-z]{2,8})[\w-]*\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*(?:,|$)")
CODES = {413: "too-large", 422: "invalid"}  # the others by the name of their status
MOST_ERRORS = 50
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}")
TEXT = {"type": "string"}
SHAPE = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": dict.fromkeys(("type", "title", "detail", "code"), TEXT)
    | {"status": {"type": "integer"}, "values": {"type": "object"}}
    | {"errors": {"type": "array", "items": {"type": "object", "additionalProperties": TEXT}}},
}


class Problem(HTTPException):
    """`values` are what the words of `code` speak of, `more` is for programs."""

    def __init__(
        self, status: int, code: str, values: Values | None = None, **headers: str
    ) -> None:
        super().__init__(status, code, {name.replace("_", "-"): v for name, v in headers.items()})
        self.code, self.more = code, {"values": values} if values else {}


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's OpenAPI."""
    content = {"application/problem+json": {"schema": SHAPE}}
    return {s: {"description": HTTPStatus(s).phrase, "content": content} for s in statuses}


def kernel_words(code: str, language: str, values: Values) -> str:
    """The kernel's own sentences; a code that it does not know stands for itself."""
    said = _sentences()[language].get(code, code)
    return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], "")), said)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text())
    return read
