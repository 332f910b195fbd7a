"""What notify tells the city: who was told of what, how, and whether it went out (domain.md 9).

A fact names its template and what its blanks are filled from. The text itself, the number and the
name of whom it goes to are never in a fact: they are put together as a message leaves.
"""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from contracts.intake import Code, Count, Part
from contracts.routing import ClockName
from kernel.event import Event


class Template(StrEnum):
    """The rows of domain.md 9 that are sent so far."""

    LOGIN_CODE = "login-code"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    REWORK = "rework"
    NOT_HERE = "not-here"
    NEW_CASE = "new-case"
    URGENT = "urgent"
    URGED = "urged"
    INVITED = "invited"
    TOPIC_WAITS = "topic-waits"


class By(StrEnum):
    """How it reaches them: a text message, or the inbox of the console."""

    SMS = "SMS"
    INBOX = "INBOX"


class Recipient(Part):
    """Exactly one: who reported a matter, or a seat. Never a person."""

    reporter_ref: UUID | None = None
    seat_id: UUID | None = None

    @property
    def by(self) -> By:
        return By.SMS if self.reporter_ref else By.INBOX


class Gist(Part):
    """What a message is about, and what fills the blanks of its template."""

    template: Template
    issue_id: UUID | None = None
    topic_id: UUID | None = None
    meeting_id: UUID | None = None
    code: str | None = None  # the matter's public code
    org_code: Code | None = None  # the organisation that the text names
    at: AwareDatetime | None = None  # by when, or when
    step: ClockName | None = None  # what is late


class NotificationQueued(Event):
    """Somebody is to be told: in an inbox at once, by a text message at its time."""

    recipient: Recipient
    by: By
    gist: Gist
    urgent: bool
    send_at: AwareDatetime


class NotificationSent(Event):
    """The gateway took the message."""

    attempt: Count


class NotificationFailed(Event):
    """It did not go out. Without `again_at` it is not tried any more."""

    attempt: Count
    why: str
    again_at: AwareDatetime | None = None


class NoticeRead(Event):
    """Whoever sits in that seat has seen it."""
