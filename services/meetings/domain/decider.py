"""All wishes about one meeting, and the stream that keeps what came of them."""

from collections.abc import Sequence
from typing import assert_never

from kernel.decider import Decider, Stream
from services.meetings.domain.meeting import FACTS, Desk, Fact, Meeting, evolve
from services.meetings.domain.preparing import (
    DraftMeeting,
    InviteParticipant,
    NoticeMeeting,
    draft,
    invite,
    notice,
)
from services.meetings.domain.session import (
    CheckIn,
    DecideItem,
    EndMeeting,
    RecordInstantMeeting,
    check_in,
    decide_item,
    end,
    record,
)

Wish = (
    DraftMeeting
    | InviteParticipant
    | NoticeMeeting
    | CheckIn
    | DecideItem
    | EndMeeting
    | RecordInstantMeeting
)


def decide(wish: Wish, meeting: Meeting, desk: Desk) -> Sequence[Fact]:
    match wish:
        case DraftMeeting():
            return draft(wish, meeting, desk)
        case InviteParticipant():
            return invite(wish, meeting, desk)
        case NoticeMeeting():
            return notice(wish, meeting, desk)
        case CheckIn():
            return check_in(wish, meeting, desk)
        case DecideItem():
            return decide_item(wish, meeting, desk)
        case EndMeeting():
            return end(wish, meeting, desk)
        case RecordInstantMeeting():
            return record(wish, meeting, desk)
        case _:
            assert_never(wish)


decider: Decider[Wish, Meeting, Fact, Desk] = Decider(Meeting(), decide, evolve)
MEETING = Stream("meeting", "meeting.events.v1", FACTS, decider)
