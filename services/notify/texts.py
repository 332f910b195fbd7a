"""What each message says, and what fills its blanks: approved sentences, never free text."""

import re
from collections.abc import Mapping
from datetime import datetime

from contracts.calendar import ZONE
from contracts.notify import Gist, Template
from contracts.routing import ClockName

SIGNATURE = "兰州政协"
MOST = 70
"""Characters of one text message, its signature included: one more would cost a second."""
MOST_NAME = 14
"""Of an organisation: the one in the city that is longer is cut."""
TEXTS: Mapping[Template, str] = {
    Template.LOGIN_CODE: "验证码{code}，5分钟内有效，请勿告诉他人。",
    Template.RECEIVED: "您反映的事项已收到，查询码{code}，1个工作日内告知是否受理。",
    Template.ACCEPTED: "您反映的事项（{code}）已受理，由{org}办理，预计{date}前答复。",
    Template.ANSWERED: "您反映的事项（{code}）已有答复，请凭码查看并评价是否解决。",
    Template.REWORK: "您反映的事项（{code}）将重新办理，{org}在1个工作日内联系您。",
    Template.NOT_HERE: "您反映的事项（{code}）本平台无法办理，原因和建议途径请凭码查看。",
    Template.NEW_CASE: "新事项{code}已分派至{org}，请于{when}前签收。",
    Template.URGENT: "紧急事项{code}，{org}，请立即处置，{when}前反馈。",
    Template.URGED: "事项{code}一级催办：{org}应于{when}前{step}，请今天{verb}。",
    Template.INVITED: "邀您参加{org}协商议事会：{when}，地点请登录查看，请回复能否参加。",
    Template.TOPIC_WAITS: "{org}有议题待研究确定，须于{date}前决定。",
}
STEPS: Mapping[ClockName | None, tuple[str, str]] = {
    None: ("", ""),
    ClockName.SIGN: ("签收", "签收"),
    ClockName.CONTACT: ("首次联系", "联系"),
    ClockName.RESOLVE: ("答复", "答复"),
}
"""What is late, and what to do."""
BLANK = re.compile(r"\{(\w+)\}")
Values = Mapping[str, str]


def blanks(template: Template) -> tuple[str, ...]:
    """Each once, in their order: some gateways take the values without names."""
    return tuple(dict.fromkeys(BLANK.findall(TEXTS[template])))


def text_of(template: Template, values: Values) -> str:
    """Without the signature, which the gateway puts before it."""
    return TEXTS[template].format(**values)


def values_of(gist: Gist, org: str) -> dict[str, str]:
    """For the blanks of its template and no more."""
    step, verb = STEPS[gist.step]
    known = {
        "code": gist.code or "",
        "org": org[:MOST_NAME],
        "date": day(gist.at),
        "when": moment(gist.at),
        "step": step,
        "verb": verb,
    }
    return {name: known[name] for name in blanks(gist.template)}


def day(at: datetime | None) -> str:
    here = at.astimezone(ZONE) if at else None
    return f"{here.month}月{here.day}日" if here else ""


def moment(at: datetime | None) -> str:
    return f"{day(at)}{at.astimezone(ZONE):%H:%M}" if at else ""
