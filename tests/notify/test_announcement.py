"""The list of whom a fact concerns is made once."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.notify import Gist, Recipient, Template
from kernel.decider import Call
from kernel.handler import service_actor
from services.notify.domain.announcement import (
    Announce,
    Announced,
    Circle,
    Desk,
    decider,
)
from tests.given import given

CALL = Call(service_actor("notify"), datetime(2026, 9, 23, tzinfo=UTC))
TO = (Recipient(seat_id=UUID(int=1)), Recipient(seat_id=UUID(int=2)))
WISH = Announce(Template.NEW_CASE, Circle.POSTS, issue_id=UUID(int=3), org_code="620105001")
DESK = Desk(CALL, code="620109210036", recipients=TO)
GIST = Gist(
    template=Template.NEW_CASE,
    issue_id=UUID(int=3),
    code="620109210036",
    org_code="620105001",
)
ANNOUNCED = Announced(recipients=TO, gist=GIST, urgent=False)


def test_it_keeps_whom_it_concerned() -> None:
    given(decider).when(WISH, DESK).then(ANNOUNCED)
    given(decider, ANNOUNCED).when(WISH, DESK).then_nothing()


def test_where_nobody_sits_nobody_is_told() -> None:
    given(decider).when(WISH, Desk(CALL, code="620109210036")).then_nothing()


def test_what_was_not_heard_of_yet_is_asked_again_later() -> None:
    given(decider).when(WISH, Desk(CALL, heard=False)).then_refused("no-such-case")
