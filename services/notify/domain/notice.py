"""One message to one recipient: queued, taken up, sent or given up; in an inbox, read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from pydantic import AwareDatetime

from contracts.intake import Count
from contracts.notify import (
    By,
    Gist,
    NoticeRead,
    NotificationFailed,
    NotificationQueued,
    NotificationSent,
    Recipient,
)
from kernel.decider import Call, Decider, Forbidden, Refused, Stream
from kernel.event import Event, Kinds
from services.notify.domain.quiet import ripe

PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120))
"""After the first try, the second and so on; after one more it is given up."""
STUCK = timedelta(minutes=2)
"""Who took it up and said nothing for so long is taken to have died."""


class NotificationTaken(Event):
    """A process is about to send it: nobody else does so before `again_at`. Private."""

    attempt: Count
    again_at: AwareDatetime


Fact = NotificationQueued | NotificationTaken | NotificationSent | NotificationFailed | NoticeRead
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class QueueNotice:
    recipient: Recipient
    gist: Gist
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class TakeNotice:
    """Taking it up is a fact of its own, so that of two processes one sends it."""

    attempt: int


@dataclass(frozen=True, slots=True)
class ReportSent:
    attempt: int


@dataclass(frozen=True, slots=True)
class ReportFailed:
    """`final`: no waiting mends this."""

    attempt: int
    why: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class ReadNotice:
    pass


Wish = QueueNotice | TakeNotice | ReportSent | ReportFailed | ReadNotice


@dataclass(frozen=True, slots=True)
class Notice:
    """`next_at`: when it may be tried; None while nothing is left to do."""

    queued: NotificationQueued | None = None
    next_at: datetime | None = None
    attempt: int = 0
    read: bool = False

    def there(self) -> NotificationQueued:
        if self.queued is None:
            raise Refused("no-such-notice")
        return self.queued

    def on_its_way(self, attempt: int) -> bool:
        return self.next_at is not None and self.attempt == attempt


def decide(wish: Wish, notice: Notice, call: Call) -> Sequence[Fact]:
    match wish:
        case QueueNotice():
            return queue(wish, notice, call)
        case TakeNotice():
            return take(wish, notice, call)
        case ReportSent():
            sent = NotificationSent(attempt=wish.attempt)
            return [sent] if notice.on_its_way(wish.attempt) else []
        case ReportFailed():
            return fail(wish, notice, call)
        case ReadNotice():
            return read(notice, call)
        case _:
            assert_never(wish)


def queue(wish: QueueNotice, notice: Notice, call: Call) -> Sequence[Fact]:
    if notice.queued:
        return []
    by = wish.recipient.by
    waits = by is By.SMS and not wish.urgent
    return [
        NotificationQueued(
            recipient=wish.recipient,
            by=by,
            gist=wish.gist,
            urgent=wish.urgent,
            send_at=ripe(call.now) if waits else call.now,
        )
    ]


def take(wish: TakeNotice, notice: Notice, call: Call) -> Sequence[Fact]:
    due = notice.next_at is not None and notice.next_at <= call.now
    if not due or wish.attempt != notice.attempt + 1:
        return []
    return [NotificationTaken(attempt=wish.attempt, again_at=call.now + STUCK)]


def fail(wish: ReportFailed, notice: Notice, call: Call) -> Sequence[Fact]:
    if not notice.on_its_way(wish.attempt):
        return []
    again = None if wish.final else again_at(notice, call.now)
    return [NotificationFailed(attempt=wish.attempt, why=wish.why, again_at=again)]


def again_at(notice: Notice, now: datetime) -> datetime | None:
    if notice.attempt > len(PAUSES):
        return None
    at = now + PAUSES[notice.attempt - 1]
    return at if notice.there().urgent else ripe(at)


def read(notice: Notice, call: Call) -> Sequence[Fact]:
    """Only who sits where it was sent to can say so."""
    to = notice.there().recipient
    if to.seat_id is None or to.seat_id != call.by.seat:
        raise Forbidden("not-in-your-seat")
    return [] if notice.read else [NoticeRead()]


def evolve(notice: Notice, fact: Fact) -> Notice:
    match fact:
        case NotificationQueued():
            waits = fact.send_at if fact.by is By.SMS else None
            return replace(notice, queued=fact, next_at=waits)
        case NotificationTaken():
            return replace(notice, attempt=fact.attempt, next_at=fact.again_at)
        case NotificationSent():
            return replace(notice, next_at=None)
        case NotificationFailed():
            return replace(notice, next_at=fact.again_at)
        case NoticeRead():
            return replace(notice, read=True)
        case _:
            assert_never(fact)


decider: Decider[Wish, Notice, Fact, Call] = Decider(Notice(), decide, evolve)
NOTICE = Stream("notice", "notice.events.v1", FACTS, decider)
