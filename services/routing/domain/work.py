"""What the organisation that leads does: sign, reach the resident, work, tell how it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field

from album import MOST_FILES
from contracts.approval import AnswerDrafted
from contracts.intake import Attachment
from contracts.routing import (
    ContactMethod,
    IssueAnswered,
    IssueContacted,
    IssueProgressed,
    IssueSigned,
    IssueWorkStarted,
)
from contracts.stages import Stage
from kernel.decider import Refused
from kernel.event import Event
from kernel.seal.sealed import Sealed
from services.routing.domain.case import (
    AT_HAND,
    IN_TRIAGE,
    WORKED_ON,
    Case,
    ContactSeen,
    Desk,
    Fact,
)

Words = Annotated[str, Field(min_length=1, max_length=2000)]
Files = Annotated[tuple[Attachment, ...], Field(max_length=MOST_FILES)]


@dataclass(frozen=True, slots=True)
class SignIssue:
    pass


@dataclass(frozen=True, slots=True)
class ContactReporter:
    method: ContactMethod
    reached: bool


@dataclass(frozen=True, slots=True)
class StartWork:
    pass


@dataclass(frozen=True, slots=True)
class AddProgress:
    note: Words
    public: bool = False
    attachments: Files = ()


@dataclass(frozen=True, slots=True)
class SeeContact:
    """The resident's number is looked at: never without a reason."""

    reason: Annotated[str, Field(min_length=4, max_length=200)]


def seat(desk: Desk) -> UUID:
    if desk.by.seat is None:
        raise Refused("no-seat")
    return desk.by.seat


def sign(_wish: SignIssue, case: Case, desk: Desk) -> Sequence[Fact]:
    if case.stage in WORKED_ON:
        return []
    case.at(Stage.ROUTED)
    desk.handler(case)
    return [IssueSigned(signed_by_seat=seat(desk))]


def contact(wish: ContactReporter, case: Case, desk: Desk) -> Sequence[Fact]:
    case.at(*WORKED_ON)
    desk.handler(case)
    attempt = case.attempts + 1
    return [IssueContacted(method=wish.method, reached=wish.reached, attempt=attempt)]


def start(_wish: StartWork, case: Case, desk: Desk) -> Sequence[Fact]:
    if case.stage in (Stage.IN_PROGRESS, Stage.IMPLEMENTING):
        return []
    case.at(Stage.SIGNED, Stage.REWORK)
    desk.handler(case)
    must_be_spoken_to(case)
    return [IssueWorkStarted(handler_seat=seat(desk))]


def must_be_spoken_to(case: Case) -> None:
    if not case.spoken_to():
        raise Refused("speak-to-the-resident-first", tries=case.attempts)


def progress(wish: AddProgress, case: Case, desk: Desk) -> Sequence[Fact]:
    case.at(*WORKED_ON)
    desk.handler(case)
    must_be_kept(wish.attachments, desk)
    note = Sealed("case", wish.note)
    return [IssueProgressed(note=note, attachments=wish.attachments, public=wish.public)]


def must_be_kept(photos: Files, desk: Desk) -> None:
    if len(photos) > MOST_FILES:
        raise Refused("too-many-photos", most=MOST_FILES)
    if not desk.photos.issuperset(photos):
        raise Refused("no-such-photo")


def pictured(fact: Event) -> tuple[Attachment, ...]:
    """The photos that a fact of the case names."""
    match fact:
        case IssueProgressed(attachments=photos):
            return photos
        case AnswerDrafted(evidence=photos) | IssueAnswered(evidence=photos):
            return photos
        case _:
            return ()


def see_contact(wish: SeeContact, case: Case, desk: Desk) -> Sequence[Fact]:
    """Before it is routed its station may have to ask; afterwards only who leads."""
    case.at(*AT_HAND, Stage.ANSWERED)
    if case.stage in IN_TRIAGE:
        desk.station(case)
    else:
        desk.handler(case)
    return [ContactSeen(reason=Sealed("case", wish.reason))]
