"""Pages of one look: templates, what they may say, and the headers that every page carries."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kernel.seal.keyring import Missing
from kernel.web.problems import Problem
from skin import words

STATIC = Path(__file__).with_name("static")
A_YEAR = 31_536_000
SIZES = ("", "elder", "elder huge")
POLICY = "; ".join(
    f"{what} {whence}"
    for what, whence in {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }.items()
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",  # a page may show a person's own words
}
From = Annotated[int, Query(alias="from", ge=0, le=100_000)]
"""Of a list that is longer than a page: how many rows come before."""
CHINESE = "zh-CN"
ERASED, NOT_YET = "［已按本人要求删除］", "［暂时取不到，请稍后再看］"


class Pages:
    """`package`: of the service; its `templates` folder lies beside its views."""

    def __init__(self, package: str) -> None:
        own = [PackageLoader(package, "templates")] if package != "skin" else []
        self.templates = Environment(
            loader=ChoiceLoader([*own, PackageLoader("skin", "templates")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters |= FILTERS
        self.templates.globals |= {"asset": asset, "new_id": lambda: str(uuid4())}

    def show(self, request: Request, name: str, status: int = 200, **values: Any) -> Response:
        size = size_of(request)
        trial = getattr(request.app.state, "trial", False)
        frame = {"size": SIZES[size], "size_now": size, "path": request.url.path, "trial": trial}
        html = self.part(name, **frame, **values)
        response = Response(html, status, HEADERS, "text/html; charset=utf-8")
        if "elder" in request.query_params:
            response.set_cookie("elder", str(size), max_age=A_YEAR, samesite="lax")
        return response

    def part(self, name: str, **values: Any) -> str:
        """A piece of a page, for one that is already open."""
        return self.templates.get_template(name).render(values)


def size_of(request: Request) -> int:
    """How large a reader wants it: the link says so, or what the link said before."""
    asked = request.query_params.get("elder", request.cookies.get("elder", ""))
    return int(asked) if asked in ("0", "1", "2") else 0


def opened(found: str | Missing) -> str:
    """A sealed text, or in words why it cannot be read."""
    match found:
        case Missing.ERASED:
            return ERASED
        case Missing.NOT_YET:
            return NOT_YET
        case _:
            return found


def grouped(code: str) -> str:
    """A public code as people read it out."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def lines(text: str) -> Markup:
    """Typed line breaks stay; everything else is text."""
    return Markup("<br>").join(text.splitlines())


FILTERS: Mapping[str, Callable[..., object]] = {
    "day": partial(words.day, language=CHINESE),
    "moment": partial(words.moment, language=CHINESE),
    "said": partial(words.said, language=CHINESE),
    "opened": opened,
    "grouped": grouped,
    "lines": lines,
}

# ── what never changes under its address ────────────────────────────────────────────────────


@cache
def assets() -> Mapping[str, tuple[str, bytes, bytes]]:
    """Name → (mark of its content, plain, packed)."""
    files = {path.name: path.read_bytes() for path in sorted(STATIC.iterdir())}
    return {
        name: (hashlib.sha256(data).hexdigest()[:12], data, gzip.compress(data, 9, mtime=0))
        for name, data in files.items()
    }


def asset(name: str) -> str:
    return f"/static/{assets()[name][0]}/{name}"


def static_routes() -> APIRouter:
    router = APIRouter(prefix="/static", include_in_schema=False)

    @router.get("/{mark}/{name}")
    async def static(mark: str, name: str, request: Request) -> Response:
        if name not in assets():
            raise Problem(404, "not-found")
        now, plain, packed = assets()[name]
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        # Of an older mark the newest is served, yet not kept: its page was made before an upgrade.
        kept = f"public, max-age={A_YEAR}, immutable" if mark == now else "no-cache"
        headers = {"Cache-Control": kept, "Vary": "Accept-Encoding", "Content-Type": kind}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(packed, headers={**headers, "Content-Encoding": "gzip"})
        return Response(plain, headers=headers)

    return router
