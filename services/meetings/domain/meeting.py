"""A meeting as its rules remember it: drafted, noticed, under way, held."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never
from uuid import UUID

from contracts.calendar import Calendar
from contracts.meetings import (
    ItemDecided,
    MeetingDrafted,
    MeetingHeld,
    MeetingNoticed,
    ParticipantCheckedIn,
    ParticipantInvited,
    SeatRole,
    TopicProposed,
)
from contracts.permission import Role, Tree, must
from kernel.decider import Actor, Call, Refused
from kernel.event import Kinds
from services.meetings.domain.forms import FormRule, rule_for
from services.meetings.domain.sight import Matters

ORGANISERS = frozenset(
    {Role.STATION_STAFF, Role.TOWN_LIAISON, Role.COMMUNITY_LIAISON, Role.COMMUNITY_SECRETARY}
)
RECORDERS = ORGANISERS | {Role.GRID_WORKER}
REQUIRED_ROLES = (SeatRole.PARTY, SeatRole.RESIDENT_REP, SeatRole.MEMBER, SeatRole.LIAISON)
"""Without one of each, a conference is not noticed unless it is said why (domain.md 4.3)."""

Fact = (
    MeetingDrafted
    | ParticipantInvited
    | MeetingNoticed
    | ParticipantCheckedIn
    | ItemDecided
    | MeetingHeld
)
FACTS: Kinds[Fact] = Kinds(Fact)


class Stage(StrEnum):
    UNKNOWN = "UNKNOWN"
    DRAFT = "DRAFT"
    NOTICED = "NOTICED"
    IN_SESSION = "IN_SESSION"
    HELD = "HELD"


@dataclass(frozen=True, slots=True)
class Meeting:
    stage: Stage = Stage.UNKNOWN
    drafted: MeetingDrafted | None = None
    noticed: MeetingNoticed | None = None
    places: Mapping[int, ParticipantInvited] = field(default_factory=dict)
    present: Mapping[int, datetime] = field(default_factory=dict)
    decided: Mapping[int, ItemDecided] = field(default_factory=dict)

    def at(self, *stages: Stage) -> MeetingDrafted:
        if self.drafted is None:
            raise Refused("no-such-meeting")
        if self.stage not in stages:
            raise Refused("not-now", stage=self.stage)
        return self.drafted

    def absent_required(self) -> list[int]:
        return [
            place
            for place, invited in self.places.items()
            if invited.required and place not in self.present
        ]


@dataclass(frozen=True, slots=True)
class Desk:
    """`approved`: of the topics that the wish names those that were made one, as proposed.
    `matters`: of the issues that it names, the organisations that answer them. `seats`: of the
    seats that it names, the roles of those that somebody sits in."""

    call: Call
    tree: Tree
    calendar: Calendar
    approved: Mapping[UUID, TopicProposed] = field(default_factory=dict)
    matters: Matters = field(default_factory=dict)
    seats: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        return self.call.by

    def organises(self, org: str) -> None:
        must(self.by, ORGANISERS, org, self.tree)


def rule_of(drafted: MeetingDrafted) -> FormRule:
    return rule_for(drafted.form, drafted.level)


def evolve(meeting: Meeting, fact: Fact) -> Meeting:
    match fact:
        case MeetingDrafted():
            return replace(meeting, stage=Stage.DRAFT, drafted=fact)
        case ParticipantInvited():
            return replace(meeting, places={**meeting.places, fact.place: fact})
        case MeetingNoticed():
            return replace(meeting, stage=Stage.NOTICED, noticed=fact)
        case ParticipantCheckedIn():
            there = {**meeting.present, fact.place: fact.at}
            return replace(meeting, stage=Stage.IN_SESSION, present=there)
        case ItemDecided():
            return replace(meeting, decided={**meeting.decided, fact.no: fact})
        case MeetingHeld():
            return replace(meeting, stage=Stage.HELD)
        case _:
            assert_never(fact)
