"""Text messages leave here: the port, and the sink of a trial, which sends none."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.notify import Template
from services.notify.texts import Values, text_of

MOST_KEPT = 200


class NotSent(Exception):
    """`final`: the same message would never go out, so it is not tried again."""

    def __init__(self, why: str, final: bool = False) -> None:
        super().__init__(why)
        self.why, self.final = why, final


class Sms(Protocol):
    """A gateway takes an approved template and what fills its blanks, never a text."""

    async def send(self, number: str, template: Template, values: Values) -> None:
        """Raises NotSent."""


@dataclass(frozen=True, slots=True)
class Message:
    """What would have gone out. Of the number only its end is kept."""

    at: datetime
    tail: str
    template: Template
    text: str


class TrialSink:
    """In memory only, and not for long: who stops the trial loses them."""

    def __init__(self, now: Callable[[], Awaitable[datetime]]) -> None:
        self.now, self.kept = now, deque[Message](maxlen=MOST_KEPT)

    async def send(self, number: str, template: Template, values: Values) -> None:
        text = text_of(template, values)
        self.kept.append(Message(await self.now(), number[-4:], template, text))
