"""What a form sends becomes a wish; what is wrong is said at its field, and nothing is lost."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from uuid import UUID, uuid4

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from kernel.database import Busy
from kernel.decider import Actor, Refused
from kernel.handle import Command, Stale
from kernel.store import Conflict, KeyReused
from kernel.web.commands import command_by
from kernel.web.problems import Problem, problem_of
from skin.words import words

T = TypeVar("T")
Fields = Mapping[str, Any]
"""By name: a text, or a list of texts where the name ends in `[]`."""
MOST_FIELDS, MOST_TEXT, MOST_FORM = 200, 64 * 1024, 1024 * 1024
KINDS = {
    "missing": "field-missing",
    "string_too_short": "field-short",
    "string_too_long": "field-long",
    "too_short": "field-few",
    "too_long": "field-many",
    "enum": "field-choose",
    "int_parsing": "field-number",
    "greater_than_equal": "field-number",
    "less_than_equal": "field-number",
}


class Wrong(Exception):
    """`fields`: name → what is wrong there, in words."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = dict(fields)


@dataclass(frozen=True)
class Trouble:
    """Why a form did not go through, shown on top of its page together with what was typed."""

    status: int
    said: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    typed: Fields = field(default_factory=dict)
    stale: bool = False
    renamed: bool = False
    """It went through before, with other words: `typed` has the name of another form."""


async def sent(request: Request, most: int = MOST_FORM) -> dict[str, Any]:
    """The texts of a form of `most` bytes; files stay with `request.form()`, which may be asked
    again."""
    must_fit(request, most)
    try:
        form = await request.form(
            max_fields=MOST_FIELDS, max_files=MOST_FILES, max_part_size=MOST_TEXT
        )
    except HTTPException as error:
        raise Problem(413 if "size" in str(error.detail) else 400, "too-large") from None
    found: dict[str, Any] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            continue
        if name.endswith("[]"):
            found.setdefault(name.removesuffix("[]"), []).append(value.strip())
        else:
            found[name] = value.strip()
    return found


MOST_FILES = 40
"""More than any rule allows: then it can say so, and the words are not lost."""


adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def wish_of(kind: type[T], fields: Fields, *, but: tuple[str, ...] = ("once", "if_match")) -> T:
    """What was left empty counts as not given. Raises Wrong."""
    given = {name: value for name, value in fields.items() if value != "" and name not in but}
    try:
        wish: T = adapter(kind).validate_python(given)
    except ValidationError as error:
        raise Wrong({_name(one): _said(one) for one in reversed(error.errors())}) from None
    return wish


def _name(error: Any) -> str:
    return str(error["loc"][0]) if error["loc"] else ""


def _said(error: Any) -> str:
    code = KINDS.get(error["type"], "field-wrong")
    return words(code, "zh-CN", error.get("ctx") or {})


def command_of(by: Actor, fields: Fields) -> Command:
    """`once` was made with the form, so that a double tap is one command; `if_match` is what the
    person saw."""
    try:
        once, seen = UUID(fields["once"]), fields.get("if_match") or None
        return command_by(by, once, None, int(seen) if seen else None)
    except (KeyError, ValueError):
        raise Problem(400, "form-incomplete") from None


def id_of(fields: Fields, name: str) -> UUID:
    """One that the page put into the form."""
    try:
        return UUID(fields[name])
    except (KeyError, ValueError):
        raise Problem(400, "form-incomplete") from None


def ids_of(fields: Fields, name: str) -> set[UUID]:
    try:
        return {UUID(one) for one in fields.get(name, [])}
    except ValueError:
        raise Problem(400, "form-incomplete") from None


async def files_of(request: Request, name: str) -> list[UploadFile]:
    return [file for file in (await request.form()).getlist(name) if isinstance(file, UploadFile)]


def must_fit(request: Request, most: int) -> None:
    """Before anything of it is read. Every browser says how long its form is."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Problem(411, "length-required")
    if int(length) > most:
        raise Problem(413, "too-large")


async def tried(
    request: Request, doing: Callable[[Fields], Awaitable[object]], most: int = MOST_FORM
) -> Trouble | None:
    """Carries a form out; None when it went through."""
    fields = await sent(request, most)
    try:
        await doing(fields)
    except Wrong as error:
        return Trouble(422, words("fields-wrong", "zh-CN", {}), error.fields, fields)
    except KeyReused:
        again = {**fields, "once": str(uuid4())}
        return Trouble(422, words("form-sent-before", "zh-CN", {}), {}, again, renamed=True)
    except (Refused, Conflict, Busy) as error:
        problem = problem_of(error)
        said = words(problem.code, "zh-CN", problem.values)
        stale = isinstance(error, Stale | Conflict)
        return Trouble(problem.status_code, said, {}, fields, stale)
    finally:
        await request.close()
    return None
