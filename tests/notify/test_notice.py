"""One message to one recipient: by day at once, at night in the morning, a few times at most."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.calendar import ZONE
from contracts.notify import (
    By,
    Gist,
    NoticeRead,
    NotificationFailed,
    NotificationQueued,
    NotificationSent,
    Recipient,
    Template,
)
from kernel.decider import Actor, Call
from kernel.handler import service_actor
from services.notify.domain.notice import (
    PAUSES,
    STUCK,
    Fact,
    NotificationTaken,
    QueueNotice,
    ReadNotice,
    ReportFailed,
    ReportSent,
    TakeNotice,
    decider,
)
from services.notify.domain.quiet import ripe
from tests.given import given

NOON = datetime(2026, 9, 23, 12, tzinfo=ZONE)
NIGHT, MORNING = NOON.replace(hour=22), datetime(2026, 9, 24, 8, tzinfo=ZONE)
RESIDENT, SEAT = Recipient(reporter_ref=UUID(int=1)), Recipient(seat_id=UUID(int=2))
GIST = Gist(template=Template.RECEIVED, issue_id=UUID(int=3), code="620109210036")


def at(when: datetime, seat: UUID | None = None) -> Call:
    by = Actor(uuid4(), "community_liaison", "1", seat) if seat else service_actor("notify")
    return Call(by, when)


def queued(send_at: datetime, to: Recipient = RESIDENT, urgent: bool = False) -> NotificationQueued:
    return NotificationQueued(recipient=to, by=to.by, gist=GIST, urgent=urgent, send_at=send_at)


def taken(attempt: int, when: datetime = NOON) -> NotificationTaken:
    return NotificationTaken(attempt=attempt, again_at=when + STUCK)


@pytest.mark.parametrize(
    ("when", "then"),
    [
        (NOON, NOON),
        (NOON.replace(hour=20, minute=59), NOON.replace(hour=20, minute=59)),
        (NOON.replace(hour=21), MORNING),
        (NIGHT, MORNING),
        (MORNING.replace(hour=7, minute=59), MORNING),
        (MORNING, MORNING),
    ],
)
def test_nothing_rings_between_nine_and_eight(when: datetime, then: datetime) -> None:
    assert ripe(when) == then


def test_a_text_message_of_the_night_goes_out_in_the_morning() -> None:
    given(decider).when(QueueNotice(RESIDENT, GIST), at(NIGHT)).then(queued(MORNING))


def test_an_emergency_goes_out_at_any_hour() -> None:
    wish = QueueNotice(RESIDENT, GIST, urgent=True)
    given(decider).when(wish, at(NIGHT)).then(queued(NIGHT, urgent=True))


def test_in_an_inbox_it_is_there_at_once() -> None:
    given(decider).when(QueueNotice(SEAT, GIST), at(NIGHT)).then(queued(NIGHT, SEAT))
    assert SEAT.by is By.INBOX


def test_the_same_notice_is_queued_once() -> None:
    given(decider, queued(NOON)).when(QueueNotice(RESIDENT, GIST), at(NOON)).then_nothing()


def test_it_is_taken_up_once_it_is_due_and_by_one_process() -> None:
    waits: tuple[Fact, ...] = (queued(MORNING),)
    given(decider, *waits).when(TakeNotice(1), at(NIGHT)).then_nothing()
    given(decider, *waits).when(TakeNotice(1), at(MORNING)).then(taken(1, MORNING))
    under_way = (*waits, taken(1, MORNING))
    given(decider, *under_way).when(TakeNotice(1), at(MORNING)).then_nothing()
    given(decider, *under_way).when(TakeNotice(2), at(MORNING)).then_nothing()
    late = MORNING + STUCK
    given(decider, *under_way).when(TakeNotice(2), at(late)).then(taken(2, late))


def test_what_was_sent_is_not_sent_again() -> None:
    sent = (queued(NOON), taken(1), NotificationSent(attempt=1))
    given(decider, *sent).when(TakeNotice(2), at(NOON + timedelta(days=1))).then_nothing()
    given(decider, *sent).when(ReportFailed(1, "late"), at(NOON)).then_nothing()
    given(decider, *sent).when(ReportSent(1), at(NOON)).then_nothing()


def test_a_failure_is_tried_again_after_a_longer_and_longer_pause() -> None:
    failed = NotificationFailed(attempt=1, why="gateway-away", again_at=NOON + PAUSES[0])
    once: tuple[Fact, ...] = (queued(NOON), taken(1))
    given(decider, *once).when(ReportFailed(1, "gateway-away"), at(NOON)).then(failed)
    early, due = NOON, NOON + PAUSES[0]
    given(decider, *once, failed).when(TakeNotice(2), at(early)).then_nothing()
    given(decider, *once, failed).when(TakeNotice(2), at(due)).then(taken(2, due))
    assert list(PAUSES) == sorted(PAUSES)


def test_a_second_try_does_not_ring_at_night_either() -> None:
    evening = NOON.replace(hour=20, minute=59, second=30)
    outcome = given(decider, queued(evening), taken(1, evening)).when(
        ReportFailed(1, "gateway-away"), at(evening)
    )
    outcome.then(NotificationFailed(attempt=1, why="gateway-away", again_at=MORNING))


def test_after_the_last_try_it_is_given_up() -> None:
    last = len(PAUSES) + 1
    tried: tuple[Fact, ...] = (queued(NOON), *(taken(n) for n in range(1, last + 1)))
    given_up = NotificationFailed(attempt=last, why="gateway-away")
    given(decider, *tried).when(ReportFailed(last, "gateway-away"), at(NOON)).then(given_up)
    given(decider, *tried, given_up).when(
        TakeNotice(last + 1), at(NOON + timedelta(days=9))
    ).then_nothing()


def test_what_no_waiting_mends_is_given_up_at_once() -> None:
    once = (queued(NOON), taken(1))
    given(decider, *once).when(ReportFailed(1, "no-mobile", final=True), at(NOON)).then(
        NotificationFailed(attempt=1, why="no-mobile")
    )


def test_only_who_sits_where_it_was_sent_to_reads_it() -> None:
    there = given(decider, queued(NOON, SEAT))
    there.when(ReadNotice(), at(NOON, SEAT.seat_id)).then(NoticeRead())
    there.when(ReadNotice(), at(NOON, UUID(int=9))).then_refused("not-in-your-seat")
    there.when(ReadNotice(), at(NOON)).then_refused("not-in-your-seat")
    given(decider, queued(NOON)).when(ReadNotice(), at(NOON)).then_refused("not-in-your-seat")
    given(decider).when(ReadNotice(), at(NOON, SEAT.seat_id)).then_refused("no-such-notice")
    read = given(decider, queued(NOON, SEAT), NoticeRead())
    read.when(ReadNotice(), at(NOON, SEAT.seat_id)).then_nothing()
