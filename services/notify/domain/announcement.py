"""One thing that is to be told, and to whom: the list is made once and kept as a fact.

Who sits where is known from read models, and those move on. A reaction may not ask them, and what
it would find there today is not what it found when the fact was new. So each announcement is a
stream of its own: its desk lists the recipients, its fact keeps the list, and a second reaction
makes one notice for each of them. Played back, the same people were told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.notify import Gist, Recipient, Template
from contracts.routing import ClockName
from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Event, Kinds


class Announced(Event):
    """These are to be told this. Private: each is told by a notice of their own."""

    recipients: tuple[Recipient, ...]
    gist: Gist
    urgent: bool


FACTS: Kinds[Announced] = Kinds(Announced)


class Circle(StrEnum):
    """Whom it concerns; the desk says who that is today."""

    REPORTER = "REPORTER"
    POSTS = "POSTS"
    INVITED = "INVITED"
    DECIDERS = "DECIDERS"


@dataclass(frozen=True, slots=True)
class Post:
    """The seats of these roles on one organisation."""

    org: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Announce:
    template: Template
    circle: Circle
    issue_id: UUID | None = None
    topic_id: UUID | None = None
    meeting_id: UUID | None = None
    posts: tuple[Post, ...] = ()
    org_code: str | None = None
    at: datetime | None = None
    step: ClockName | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """`heard`: whether what this is about has been heard of at all. `org_code`: whose it is, where
    the wish does not say."""

    call: Call
    heard: bool = True
    code: str | None = None
    org_code: str | None = None
    recipients: tuple[Recipient, ...] = ()


def announce(wish: Announce, done: bool, desk: Desk) -> Sequence[Announced]:
    if not desk.heard:
        raise Refused("no-such-case")
    if done or not desk.recipients:
        return []
    gist = Gist(
        template=wish.template,
        issue_id=wish.issue_id,
        topic_id=wish.topic_id,
        meeting_id=wish.meeting_id,
        code=desk.code,
        org_code=wish.org_code or desk.org_code,
        at=wish.at,
        step=wish.step,
    )
    return [Announced(recipients=desk.recipients, gist=gist, urgent=wish.urgent)]


decider: Decider[Announce, bool, Announced, Desk] = Decider(
    False, announce, lambda _done, _fact: True
)
ANNOUNCEMENT = Stream("announcement", "notice.events.v1", FACTS, decider)
