"""Where a matter stands, in two sentences: what happens now, and what comes by when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Row

from contracts.stages import Stage
from registry.calendar import shipped
from services.intake.domain.promises import TRIAGE
from services.intake.domain.stage import OVER
from services.intake.pages.places import Places
from services.intake.projections.matter import Matter
from skin.words import day, moment

CALLED = {"YES": "解决了", "PARTLY": "解决了一部分", "NO": "没解决"}
Councils = dict[str, Row[Any]]
"""By kind, what was told last of a topic and of a meeting."""


@dataclass(frozen=True, slots=True)
class Now:
    stage: Stage
    line: str
    by: datetime | None = None
    late: int = 0
    """Days that what was promised is overdue."""


def said(at: datetime | None) -> str:
    return moment(at, "zh-CN") if at else "通知的时间"


def now_of(
    matter: Matter, stage: Stage, councils: Councils, here: Places, venue: str, at: datetime
) -> Now:
    by = due(matter, stage, councils)
    late = ceil((at - by) / timedelta(days=1)) if by and at > by else 0
    return Now(stage, line(matter, stage, councils, here, venue), by, max(late, 0))


def due(matter: Matter, stage: Stage, councils: Councils) -> datetime | None:
    if stage is Stage.SUBMITTED:
        return shipped().plus_days(matter.submitted_at, TRIAGE) if matter.submitted_at else None
    if stage is Stage.TOPIC_PENDING and (topic := councils.get("topic")):
        return topic.decide_by if topic.state == "SUBMITTED" else None
    return None if stage in (Stage.ANSWERED, *OVER) else matter.resolve_by


def line(matter: Matter, stage: Stage, councils: Councils, here: Places, venue: str) -> str:
    lead = here.name(matter.lead)
    match stage:
        case Stage.UNKNOWN | Stage.SUBMITTED:
            return f"{here.name(here.above(matter.org, 'TOWN'))}委员工作站正在看，定由谁来办。"
        case Stage.ACCEPTED:
            return "已经受理，接着定由谁来办。"
        case Stage.ROUTED:
            return f"已交给{lead}，最晚{said(matter.sign_by)}签收。"
        case Stage.SIGNED:
            return f"{lead}已签收，最晚{said(matter.contact_by)}有人打电话或上门找您。"
        case Stage.IN_PROGRESS | Stage.IMPLEMENTING:
            return f"{lead}正在办。"
        case Stage.REWORK:
            return f"您说没解决，{lead}重新办，最晚{said(matter.contact_by)}联系您。"
        case Stage.TOPIC_PENDING | Stage.DELIBERATING:
            return council_line(stage, councils, venue)
        case Stage.ANSWERED:
            return f"答复来了，请您在{said(matter.evaluate_by)}前说说解决了没有。"
        case Stage.NOT_ACCEPTED:
            return "这件事本平台办不了，原因和可以去的地方写在下面。"
        case Stage.TRANSFERRED:
            return "这件事已转给别的渠道办，转到哪里写在下面。"
        case Stage.CLOSED:
            return closed_line(matter)


def council_line(stage: Stage, councils: Councils, venue: str) -> str:
    topic, meeting = councils.get("topic"), councils.get("meeting")
    if meeting is not None and meeting.state == "NOTICED":
        return f"{said(meeting.starts_at)}开会商量" + (f"，在{venue}。" if venue else "。")
    if stage is Stage.DELIBERATING:
        return f"已列为协商议题，最晚{said(topic.meet_by if topic else None)}前开会。"
    if topic is not None and topic.state == "DEFERRED" and topic.until:
        return f"这次没有定，{day(topic.until, 'zh-CN')}再研究。"
    return "正在等党组织研究，定不定为协商议题。"


def closed_line(matter: Matter) -> str:
    if matter.closed_solved is None:
        return "到期没有您的评价，按规定办结，不算“解决了”。"
    return f"您说“{CALLED[matter.closed_solved]}”，这件事办结了。"
