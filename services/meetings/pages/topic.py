"""Is the material complete, who decides the topic, and by when?"""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from contracts.meetings import TopicDeferred, TopicLevel
from services.meetings.commands import TOPICS
from services.meetings.domain.meeting import ORGANISERS
from services.meetings.domain.topic import (
    DECIDE_WITHIN,
    DECIDERS,
    MEET_WITHIN,
    PROPOSERS,
    Stage,
    SubmitTopic,
)
from services.meetings.pages.look import Say, Visit, due, lines, to, visits
from services.meetings.projections import topics
from services.meetings.projections.topic_file import TopicFile
from skin.forms import Fields, Trouble, command_of, tried, wish_of
from skin.site import Base

Check = tuple[bool, str, str]
"""(whether it is there, what, in which words)."""
OPEN = (Stage.PROPOSED, Stage.DEFERRED)


def routes(base: Base) -> APIRouter:
    router, visit = APIRouter(include_in_schema=False), visits(base)

    @router.get("/console/topics/{topic_id}")
    async def one(topic_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        return await show(at, await at.topic(topic_id))

    @router.post("/console/topics/{topic_id}")
    async def submit(topic_id: UUID, at: Annotated[Visit, Depends(visit)]) -> Response:
        await at.topic(topic_id)

        async def doing(fields: Fields) -> None:
            command = command_of(at.actor, fields)
            await TOPICS.carry_out(at.store, str(topic_id), package(fields), command)

        trouble = await tried(at.request, doing)
        if trouble:
            return await show(at, await at.topic(topic_id), trouble)
        return to(f"/console/topics/{topic_id}")

    return router


def package(fields: Fields) -> SubmitTopic:
    given = {
        "background": fields.get("background", ""),
        "parties": lines(fields.get("parties", "")),
        "options": lines(fields.get("options", "")),
    }
    return wish_of(SubmitTopic, given)


def checklist(file: TopicFile, say: Say) -> Iterator[Check]:
    """What the committee needs, and what of it is there."""
    subs, put = file.proposed.sub_questions, file.submitted
    parties, options = (put.parties, put.options) if put else ((), ())
    yield True, "一句话问题", say(file.proposed.question)
    yield bool(subs), f"分问题 {len(subs)} 个", counted(map(say, subs)) or "没有分问题也能交"
    yield bool(put), "背景", say(put.background) if put else "谁受影响、多少户、试过什么"
    yield bool(parties), f"各方 {len(parties)} 方", "、".join(map(say, parties)) or "至少写 1 方"
    yield bool(options), f"办法 {len(options)} 个", counted(map(say, options)) or "至少写 1 个办法"


def counted(texts: Iterator[str]) -> str:
    return " ".join(f"{chr(0x2460 + n)} {text}" for n, text in enumerate(texts))


def cannot(file: TopicFile, at: Visit) -> Iterator[tuple[str, str]]:
    """What this seat cannot do here now, and why."""
    stage, org = file.topic.stage, file.proposed.org_code
    if stage is not Stage.APPROVED:
        yield "开会", "议题还没有批准，批准以后才能开会"
    if stage in (Stage.SUBMITTED, Stage.DEFERRED) and not may_decide(file, at):
        yield "批准议题", f"只有{decider(file, at)}能定，工作站和联络员只备材料"
    if not at.may(PROPOSERS, org) and stage in OPEN:
        yield "交材料", "由工作站和联络员交"


def may_decide(file: TopicFile, at: Visit) -> bool:
    return at.may(DECIDERS[file.proposed.level], file.proposed.org_code)


def decider(file: TopicFile, at: Visit) -> str:
    name = at.place(file.proposed.org_code)
    if file.proposed.level is TopicLevel.VILLAGE:
        return f"{name}党组织书记"
    return f"{name}党工委" if name.endswith("街道") else f"{name}党委"


async def show(at: Visit, file: TopicFile, trouble: Trouble | None = None) -> Response:
    say = await at.read(file.facts)
    row, org = await topics.one(at.db, file.topic_id), file.proposed.org_code
    last = file.decisions[-1] if file.decisions else None
    return at.show(
        "topic.html",
        trouble,
        file=file,
        say=say,
        stage=file.topic.stage,
        checks=list(checklist(file, say)),
        matters=await at.matters(file.proposed.issue_ids),
        decider=decider(file, at),
        within=(DECIDE_WITHIN[file.proposed.level], MEET_WITHIN[file.proposed.level]),
        last=last,
        asked=last if isinstance(last, TopicDeferred) else None,
        due=due(file.submitted.decide_by if file.submitted else None, file.now),
        meeting=row.meeting_id if row else None,
        may_submit=at.may(PROPOSERS, org) and file.topic.stage in OPEN,
        may_decide=may_decide(file, at) and file.topic.stage in (Stage.SUBMITTED, Stage.DEFERRED),
        may_meet=at.may(ORGANISERS, org) and file.topic.stage is Stage.APPROVED,
        cannot=list(cannot(file, at)),
    )
