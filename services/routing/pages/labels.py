"""What codes are called on the pages of routing, where a choice stands in a form."""

from contracts.leaving import DeclineReason, TransferChannel
from contracts.routing import (
    AnswerResult,
    CloseBasis,
    ContactMethod,
    CostBand,
    Lane,
    MatterClass,
    Scope,
    Urgency,
    UrgentNeed,
)
from contracts.taxonomy import CATEGORIES

CATEGORY = {code: f"{code} {category.name}" for code, category in CATEGORIES.items()}
URGENCY = {
    Urgency.NORMAL: "一般",
    Urgency.COMPLEX: "复杂",
    Urgency.UTILITY: "水电气暖",
    Urgency.EMERGENCY: "紧急",
}
NEED = {need: need.value for need in UrgentNeed}
SCOPE = {
    Scope.HOUSEHOLD: "一户",
    Scope.BUILDING: "一栋楼",
    Scope.GRID: "一个网格",
    Scope.COMMUNITY: "一个社区",
    Scope.STREET: "整个街道",
    Scope.CROSS: "跨社区或跨街道",
}
COST = {
    CostBand.SMALL: "不到 2 万元",
    CostBand.MIDDLE: "2 万到 50 万元",
    CostBand.LARGE: "50 万元以上",
}
CLASS = {
    MatterClass.ORDINARY: "一般事务",
    MatterClass.RULE: "村规民约、居民公约",
    MatterClass.COLLECTIVE: "集体资产和集体事项",
    MatterClass.OWNERS: "业主共同决定的事项",
}
LANE = {
    Lane.GRID: ("网格", "分派、及时跟进"),
    Lane.COMMUNITY: ("社区", "敦促、及时办理"),
    Lane.STREET: ("街道", "报党工委确定议题"),
}
METHOD = {
    ContactMethod.PHONE: "电话",
    ContactMethod.VISIT: "上门",
    ContactMethod.MESSAGE: "短信或微信",
    ContactMethod.MEET: "当面",
}
RESULT = {
    AnswerResult.SOLVED: ("已解决", ""),
    AnswerResult.PARTLY: ("解决了一部分", "还差什么、什么时候补上，写在答复里"),
    AnswerResult.ON_AGENDA: ("提上日程", "要写下次研究的日期"),
    AnswerResult.EXPLAINED: ("作了解释", ""),
    AnswerResult.CANNOT: ("办不了", "为什么、还可以找谁，写在答复里"),
}
BASIS = {CloseBasis.EVALUATED: "居民评价了", CloseBasis.TIMEOUT: "到期没有评价"}
DECLINE = {
    DeclineReason.OUT_OF_AREA: "不在本街道范围",
    DeclineReason.LEGAL_CHANNEL: "要走法定渠道（诉讼、仲裁、信访等）",
    DeclineReason.CLOSED_SAME_MATTER: "同一件事已经办结",
    DeclineReason.NO_SUBSTANCE: "没有说清具体的事",
    DeclineReason.ABUSE: "辱骂或恶意提交",
    DeclineReason.DUPLICATE_OF_OWN: "本人已经提交过同一件事",
}
CHANNEL = {
    TransferChannel.EMERGENCY_CALL: "110、119、120",
    TransferChannel.HOTLINE: "12345 热线",
    TransferChannel.XINFANG: "信访",
    TransferChannel.COURT: "法院",
    TransferChannel.ARBITRATION: "仲裁",
    TransferChannel.DISCIPLINE: "纪检监察",
    TransferChannel.OTHER: "其他",
}
WHY = {
    "danger": "有危险",
    "outage": "停水、停电、停气或停暖，30 户以上",
    "heating-failed": "采暖期里没有暖气",
    "own-body-decides": "村规民约、公约或集体事项，要由居民自己的会议定",
    "many-households": "影响 300 户以上",
    "wide": "涉及整个街道，或跨社区",
    "several-departments": "要两个以上部门一起办",
    "costly": "花费 50 万元以上",
    "chronic": "是拖了很久的老大难",
    "many-reporters": "5 人以上联名",
    "clearance": "属于征收改造",
    "some-households": "影响 30—299 户",
    "several-parties": "当事方有 3 方以上",
    "some-cost": "花费 2 万到 50 万元",
    "small-and-daily": "不到 30 户、花费不到 2 万元、在一个地方，是日常小事",
    "anything-else": "不符合前面任何一条",
}
INPUT = {
    "category": "类别",
    "urgency": "缓急",
    "urgent_need": "急难愁盼",
    "affected_hh": "户数",
    "scope": "范围",
    "cost_band": "花费",
    "parties": "当事方",
    "depts": "要几个部门",
    "daily_or_temporary": "日常或临时小事",
    "danger": "有危险",
    "outage": "停水、停电、停气、停暖",
    "chronic": "老大难",
    "joint_reporters": "联名人数",
    "matter_class": "事项性质",
}
ACTION = {
    "sign": "签收",
    "contact": "记一次联系",
    "start": "开始办理",
    "progress": "记一条进展",
    "answer": "答复居民",
    "approve": "签发答复",
    "see-contact": "看联系方式",
}


def said(value: object) -> str:
    """An input of the decision table, as people say it."""
    match value:
        case bool():
            return "是" if value else "不是"
        case Scope():
            return SCOPE[value]
        case CostBand():
            return COST[value]
        case Urgency():
            return URGENCY[value]
        case MatterClass():
            return CLASS[value]
        case str():
            return CATEGORY.get(value, value)
        case _:
            return str(value)
