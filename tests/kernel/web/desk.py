"""The library over HTTP, and a client that stands before it."""

from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI, Request
from httpx2 import ASGITransport, AsyncClient
from starlette.testclient import TestClient

from kernel.database import Busy
from kernel.decider import Actor, Forbidden
from kernel.handle import Store
from kernel.web import commands, problems
from kernel.web.problems import Values, Words, kernel_words
from kernel.web.running import Running
from tests.kernel.library.books import BuyBook, LendBook, TakeBack
from tests.kernel.library.services import BOOKS

BASE = "/api/library/books"
OPEN_TO_PEOPLE = BuyBook | LendBook | TakeBack  # not Remind: that is the clock's
BUY = {"shelfmark": "QA76", "title": "Refactoring"}
OF_LIBRARY = {
    "zh-CN": {"lent-already": "这本书已借出，{until} 归还。"},
    "en": {"lent-already": "This book is out until {until}."},
}


def library_words(code: str, language: str, values: Values) -> str:
    sentence = OF_LIBRARY[language].get(code)
    return sentence.format(**values) if sentence else kernel_words(code, language, values)


async def by_badge(request: Request) -> Actor:
    """Who stands there says so in a header; a guest may nothing."""
    badge = request.headers.get("x-badge", "7")
    if badge == "guest":
        raise Forbidden("forbidden")
    return Actor(UUID(int=int(badge)), "librarian", "north")


def closed() -> Store:
    raise Busy


def app_of(running: Running | None = None, words: Words = library_words) -> FastAPI:
    app = FastAPI()
    problems.install(app, words)
    store = running.ready if running else closed
    app.include_router(commands.command_routes(store, BOOKS, OPEN_TO_PEOPLE, BASE, by_badge))
    return app


def without_store(app: FastAPI | None = None) -> TestClient:
    return TestClient(app or app_of())


def before(running: Running) -> AsyncClient:
    """A client in this very event loop."""
    return AsyncClient(transport=ASGITransport(app_of(running)), base_url="http://library")


def once(ident: UUID | None = None, **more: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {"Idempotency-Key": str(ident or uuid4()), **named}


def problem(answer: Any) -> tuple[int, str]:
    """Status and code, of what must be a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert (said["status"], said["type"]) == (answer.status_code, f"/problems/{said['code']}")
    return answer.status_code, said["code"]
