"""Each step of a matter in a sentence that its resident understands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.intake.pages.now import CALLED
from services.intake.pages.places import Places
from services.intake.projections.step import Step
from skin.words import day, moment, names

FIVE = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
LATE = {"sign": "签收", "contact": "联系您", "resolve": "答复"}
HOW = {"PHONE": "打电话", "VISIT": "上门", "MESSAGE": "发消息", "MEET": "当面"}
CAME = {"QR": "扫二维码提交", "RECEPTION": "在委员接待日说的", "PHONE": "打电话说的"}
RESULT = {
    "SOLVED": "已办好",
    "PARTLY": "办好一部分",
    "ON_AGENDA": "已提上日程",
    "EXPLAINED": "作了说明",
    "CANNOT": "暂时办不了",
}
CHANNEL = {
    "110_119_120": "110、119 或 120",
    "12345": "12345 热线",
    "XINFANG": "信访部门",
    "COURT": "法院",
    "ARBITRATION": "仲裁机构",
    "DISCIPLINE": "纪检监察机关",
    "OTHER": "别的渠道",
}
OUTCOME = {
    "CONSENSUS": "达成一致",
    "VOTED_PASS": "表决通过",
    "VOTED_FAIL": "表决没有通过",
    "NO_CONSENSUS": "没有达成一致",
    "DEFERRED": "留到下次再议",
}


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is what somebody wrote, opened; `cls`: won, slip or nothing."""

    at: datetime | None
    title: str
    note: str = ""
    text: str = ""
    advice: str = ""
    who: str = ""
    cls: str = ""
    photos: Sequence[str] = ()


Told = tuple[str, str, str]
"""(title, note, class)"""
Tell = Callable[[Mapping[str, Any], Places], Told]


def told(step: Step, here: Places, text: str, advice: str = "") -> Line:
    said: Mapping[str, Any] = step.said
    title, note, cls = TELL[step.kind](said, here)
    who, photos = here.name(step.org), said.get("photos", ())
    return Line(step.at, title, note, text, advice, who, cls, photos)


def by(said: Mapping[str, Any], name: str) -> str:
    return moment(datetime.fromisoformat(said[name]), "zh-CN")


def called(word: object) -> str:
    return names("zh-CN").get(str(word), str(word))


def plain(title: str, note: str = "") -> Tell:
    return lambda _said, _here: (title, note, "")


def submitted(said: Mapping[str, Any], _here: Places) -> Told:
    return "您反映了这件事", CAME.get(said["channel"], "在网页上提交"), ""


def handed_on(said: Mapping[str, Any], _here: Places) -> Told:
    return f"转给{CHANNEL[said['channel']]}", "", ""


def routed(said: Mapping[str, Any], here: Places) -> Told:
    to, until = here.name(said["to"]), f"预计{by(said, 'resolve_by')}前答复您。"
    if said["leg"] > 1:
        return f"重新分派至{to}", until, ""
    return f"按“{called(said['mode'])}”交给{to}", until, ""


def contacted(said: Mapping[str, Any], _here: Places) -> Told:
    how = HOW[said["method"]]
    if said["reached"]:
        return f"{how}联系了您", "", ""
    return f"{how}没有联系上您", f"第{said['attempt']}次", ""


def answered(said: Mapping[str, Any], _here: Places) -> Told:
    return f"给了您答复：{RESULT[said['result']]}", "", ""


def evaluated(said: Mapping[str, Any], _here: Places) -> Told:
    return f"您评价：{CALLED[said['solved']]}，{FIVE[said['satisfaction']]}", "", ""


def closed(said: Mapping[str, Any], _here: Places) -> Told:
    if said["solved"] == "YES":
        return "办结：您说解决了", "", "won"
    return "办结", "到期没有您的评价" if said["basis"] == "TIMEOUT" else "", ""


def reopened(said: Mapping[str, Any], _here: Places) -> Told:
    return (
        "重新办理",
        f"最晚{by(said, 'contact_by')}联系您，预计{by(said, 'resolve_by')}前答复。",
        "",
    )


def urged(said: Mapping[str, Any], here: Places) -> Told:
    step = LATE[said["clock"]]
    return f"系统催办{here.name(said['org'])}", f"应在{by(said, 'due')}前{step}，已超时。", "slip"


def approved(said: Mapping[str, Any], _here: Places) -> Told:
    return "列为协商议题", f"最晚{by(said, 'meet_by')}前开会。", ""


def rejected(said: Mapping[str, Any], here: Places) -> Told:
    return f"不列为协商议题，由{here.name(said['to'])}办", "", ""


def deferred(said: Mapping[str, Any], _here: Places) -> Told:
    return f"暂缓，{day(date.fromisoformat(said['until']), 'zh-CN')}再研究", "", ""


def package(said: Mapping[str, Any], _here: Places) -> Told:
    return "议题材料交给党组织研究", f"最晚{by(said, 'decide_by')}前决定。", ""


def noticed(said: Mapping[str, Any], _here: Places) -> Told:
    return "发了开会通知", f"{by(said, 'starts_at')}", ""


def held(said: Mapping[str, Any], _here: Places) -> Told:
    came = "；".join(OUTCOME[one] for one in said["outcomes"])
    return f"{called(said['form'])}开过了", f"到会{said['present']}人。{came}", ""


TELL: Mapping[str, Tell] = {
    "IssueSubmitted": submitted,
    "IssueAccepted": plain("受理了", "工作站看过，接下了这件事。"),
    "IssueDeclined": plain("不予受理"),
    "IssueTransferred": handed_on,
    "IssueRouted": routed,
    "IssueSigned": plain("签收了"),
    "IssueContacted": contacted,
    "IssueWorkStarted": plain("开始办理"),
    "IssueProgressed": plain("有了进展"),
    "IssuePromotedToTopic": plain("提请研究，列为协商议题"),
    "IssueAnswered": answered,
    "IssueEvaluated": evaluated,
    "IssueClosed": closed,
    "IssueReopened": reopened,
    "EscalationRaised": urged,
    "VoiceNotFollowed": plain(
        "您的评价来晚了一步", "这时事情已经走到下一步，评价记下了，没有改变它。"
    ),
    "ReporterErased": plain("按您的要求，您的信息已删除"),
    "TopicSubmitted": package,
    "TopicApproved": approved,
    "TopicRejected": rejected,
    "TopicDeferred": deferred,
    "MeetingNoticed": noticed,
    "MeetingHeld": held,
}
