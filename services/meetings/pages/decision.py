"""Does the committee decide it, and how? First as it will stand on record, then for ever."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.calendar import day_of
from kernel.decider import Forbidden
from kernel.handle import Stale
from registry.calendar import shipped
from services.meetings.commands import TOPICS
from services.meetings.domain.topic import (
    MEET_WITHIN,
    ApproveTopic,
    Decision,
    DeferTopic,
    RecordNo,
    RejectTopic,
    Stage,
)
from services.meetings.pages.look import Visit, due, lines, to, visits
from services.meetings.pages.seats import Options
from services.meetings.pages.topic import decider, may_decide
from services.meetings.projections.topic_file import TopicFile
from skin.forms import Fields, Trouble, Wrong, command_of, tried, wish_of
from skin.site import Base


class Verdict(StrEnum):
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    DEFERRED = "DEFERRED"


SAID = {
    Verdict.APPROVED: "同意，列为协商议题",
    Verdict.REJECTED: "不同意",
    Verdict.DEFERRED: "缓议",
}


@dataclass(frozen=True, slots=True)
class Entered:
    """What the first page asks. What a no or a delay needs besides is asked where it is checked."""

    decision: Verdict
    decided_on: date
    record_no: RecordNo
    conditions: str = ""


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)
    path = "/console/topics/{topic_id}/decision"

    @router.get(path)
    async def look(topic_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.topic(topic_id))

    @router.post(path)
    async def first(topic_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await check(at, await at.topic(topic_id))

    @router.post(f"{path}/record")
    async def second(topic_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await record(at, topic_id)

    return router


async def check(at: Visit, file: TopicFile) -> Response:
    """Nothing is written yet: the page says what will be."""
    entered = list[Fields]()

    async def doing(fields: Fields) -> None:
        must_be_theirs(at, file, fields)
        wish_of(Entered, fields)
        entered.append(fields)

    trouble = await tried(at.request, doing)
    return await show(at, file, trouble) if trouble else await confirm(at, file, entered[0])


async def record(at: Visit, topic_id: UUID) -> Response:
    await at.topic(topic_id)

    async def doing(fields: Fields) -> None:
        command = command_of(at.actor, fields)
        await TOPICS.carry_out(at.store, str(topic_id), decided(fields), command)

    trouble = await tried(at.request, doing)
    if trouble:
        return await confirm(at, await at.topic(topic_id), trouble.typed, trouble)
    return to(f"/console/topics/{topic_id}")


def must_be_theirs(at: Visit, file: TopicFile, fields: Fields) -> None:
    """Told before the record is checked, not after."""
    if not may_decide(file, at):
        raise Forbidden("not-in-your-seat")
    if fields.get("if_match") != str(file.version):
        raise Stale("screen-is-old", version=file.version)


def decided(fields: Fields) -> Decision:
    entered = wish_of(Entered, fields)
    given = {"decided_on": entered.decided_on, "record_no": entered.record_no}
    why = fields.get("why", "")
    match entered.decision:
        case Verdict.APPROVED:
            return wish_of(ApproveTopic, {**given, "conditions": lines(entered.conditions)})
        case Verdict.REJECTED:
            to_org = fields.get("handling_org", "")
            return wish_of(RejectTopic, {**given, "why": why, "handling_org": to_org})
        case Verdict.DEFERRED:
            return wish_of(DeferTopic, {**given, "why": why, "until": fields.get("until", "")})


async def show(at: Visit, file: TopicFile, trouble: Trouble | None = None) -> Response:
    decides = file.topic.stage in (Stage.SUBMITTED, Stage.DEFERRED)
    return at.show(
        "decision.html",
        trouble,
        file=file,
        say=await at.read(file.facts),
        stage=file.topic.stage,
        matters=await at.matters(file.proposed.issue_ids),
        decider=decider(file, at),
        due=due(file.submitted.decide_by if file.submitted else None, file.now),
        today=day_of(file.now),
        verdicts=[(key.value, words, follows(key, file)) for key, words in SAID.items()],
        may=may_decide(file, at),
        open=decides,
    )


def follows(verdict: Verdict, file: TopicFile) -> str:
    if verdict is Verdict.APPROVED:
        by, within = meet_by(file), MEET_WITHIN[file.proposed.level]
        return f"{within} 个工作日内开会，最晚 {by.month}月{by.day}日"
    after = {Verdict.REJECTED: "写理由、交哪家直接办", Verdict.DEFERRED: "写缓到哪天、要补什么"}
    return f"下一页{after[verdict]}"


def meet_by(file: TopicFile) -> datetime:
    return shipped().plus_days(file.now, MEET_WITHIN[file.proposed.level])


async def confirm(
    at: Visit, file: TopicFile, fields: Fields, trouble: Trouble | None = None
) -> Response:
    try:
        entered = wish_of(Entered, fields)
    except Wrong:
        return await show(at, file, trouble)
    return at.show(
        "decision_confirm.html",
        trouble,
        file=file,
        say=await at.read([file.proposed]),
        entered=entered,
        conditions=lines(entered.conditions),
        verdict=SAID[entered.decision],
        seen=fields.get("if_match", ""),
        meet_by=meet_by(file),
        handlers=handlers(at, file),
    )


def handlers(at: Visit, file: TopicFile) -> Options:
    """Who could deal with it without a meeting: the organisation itself and those below it."""
    tree, top = at.ground.tree, file.proposed.org_code
    below = [code for code in at.ground.places if tree.covers(top, code)]
    return [(code, at.place(code)) for code in sorted(below)]
