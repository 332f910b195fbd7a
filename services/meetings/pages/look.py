"""Who looks at a page of meetings, what they may open there, and how its texts are read."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Row

from contracts.permission import COUNCIL, must_be
from kernel.database import Database
from kernel.decider import Actor
from kernel.handle import Store
from kernel.seal.sealed import Sealed
from kernel.web.problems import Problem
from registry.ground import Ground, ground
from registry.staff import Staff
from services.meetings.domain.sight import may_see
from services.meetings.projections import issue_titles
from services.meetings.projections.meeting_file import MeetingFile, meeting_file
from services.meetings.projections.texts import Texts, opened
from services.meetings.projections.topic_file import TopicFile, topic_file
from skin.forms import Trouble
from skin.pages import CHINESE, Pages
from skin.pages import opened as in_words
from skin.site import Base, console
from skin.words import said

PAGES = Pages("services.meetings.pages")
SOON = timedelta(days=2)


@dataclass(frozen=True)
class Visit:
    """Somebody of the staff at a page, and the places that the city has now."""

    base: Base
    request: Request
    by: Staff
    ground: Ground

    @property
    def actor(self) -> Actor:
        return self.by.actor

    @property
    def db(self) -> Database:
        return self.base.running.db

    @property
    def store(self) -> Store:
        return self.base.running.ready()

    def show(self, name: str, trouble: Trouble | None = None, **values: object) -> Response:
        status = trouble.status if trouble else 200
        shown = console(self.by, "topics", trouble=trouble, place=self.place, **values)
        return PAGES.show(self.request, name, status, **shown)

    def place(self, code: str) -> str:
        here = self.ground.places.get(code)
        return here.name if here else code

    def may(self, roles: Collection[str], org: str) -> bool:
        covers = self.ground.tree.covers(self.actor.org, org)
        return self.actor.role in roles and covers

    def must_see(self, org: str, code: str) -> None:
        """Of what lies elsewhere nothing is said, not even that it is there."""
        if not may_see(self.actor, org, self.ground.tree):
            raise Problem(404, code)

    async def topic(self, topic_id: UUID) -> TopicFile:
        file = await topic_file(self.db, topic_id)
        self.must_see(file.proposed.org_code if file else "", "no-such-topic")
        assert file is not None  # noqa: S101  nobody sees the organisation without a code
        return file

    async def meeting(self, meeting_id: UUID) -> MeetingFile:
        file = await meeting_file(self.db, meeting_id)
        self.must_see(file.org if file else "", "no-such-meeting")
        assert file is not None  # noqa: S101  nobody sees the organisation without a code
        return file

    async def title(self, file: MeetingFile) -> str:
        """What it is about, in the words of its first topic; a talk in the street has none."""
        return await question(self.base, file) or said(file.form.value, CHINESE)

    async def read(self, facts: Iterable[object], *tokens: str | None) -> "Say":
        return Say(await opened(self.base.running.keyring, facts, *tokens))

    async def matters(self, issues: Iterable[UUID]) -> list[dict[str, Any]]:
        """What a topic or a meeting is about, as far as this seat may read it."""
        return await named(self, await issue_titles.seen(self.db, self.actor.org, issues))


async def question(base: Base, file: MeetingFile) -> str:
    for topic_id in file.topic_ids[:1]:
        topic = await topic_file(base.running.db, topic_id)
        if topic:
            asked = topic.proposed.question
            return Say(await opened(base.running.keyring, [asked]))(asked)
    return ""


async def named(visit: Visit, rows: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    rows = list(rows)
    say = await visit.read([], *(row.title for row in rows))
    return [{"id": row.issue_id, "code": row.code, "title": say(row.title)} for row in rows]


class Say:
    """A sealed text in the clear, or in words why it cannot be read."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def __call__(self, text: Sealed | str | None) -> str:
        if text is None:
            return ""
        return in_words(self.texts[text.token if isinstance(text, Sealed) else text])

    def all(self, texts: Iterable[Sealed]) -> list[str]:
        return [self(text) for text in texts]


def visits(base: Base) -> Callable[..., Awaitable[Visit]]:
    """For a route: `Depends(visits(base))`."""

    async def visit(request: Request, by: Annotated[Staff, Depends(base.staff)]) -> Visit:
        must_be(by.actor, COUNCIL)
        return Visit(base, request, by, await ground(base.running.db))

    return visit


def to(path: str) -> Response:
    return RedirectResponse(path, 303)


def lines(text: str) -> tuple[str, ...]:
    """What stands one to a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def due(at: datetime | None, now: datetime) -> str:
    """How near it is: the class of its date."""
    if at is None:
        return ""
    return "late" if at < now else "soon" if at < now + SOON else ""
