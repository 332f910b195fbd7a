"""In words: what residents raise and say, and what becomes of it (contracts of intake, routing)."""

from collections.abc import Sequence

from contracts.intake import (
    Attachment,
    Channel,
    IssueEvaluated,
    IssueSubmitted,
    ReporterErased,
    Solved,
    TargetLevel,
)
from contracts.routing import (
    AnswerResult,
    ClockName,
    CloseBasis,
    ContactMethod,
    EscalationLevel,
    EscalationRaised,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueProgressed,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueWorkStarted,
    Lane,
    Mode,
    Urgency,
    VoiceNotFollowed,
)
from contracts.taxonomy import CATEGORIES
from services.audit.domain.said import Said, Sayings, at, texts

sayings = Sayings()
CHANNELS = {
    Channel.QR: "扫二维码",
    Channel.WEB: "网页",
    Channel.RECEPTION: "委员接待日",
    Channel.PATROL: "网格巡查",
    Channel.OUTREACH: "走访",
    Channel.PHONE: "电话",
    Channel.BRIDGE_12345: "12345 转来",
}
TARGETS = {TargetLevel.STREET: "街道联络员", TargetLevel.COMMUNITY: "社区联络员"}
URGENCIES = {
    Urgency.EMERGENCY: "紧急",
    Urgency.UTILITY: "水电气暖",
    Urgency.NORMAL: "一般",
    Urgency.COMPLEX: "复杂",
}
LANES = {Lane.GRID: "网格协商", Lane.COMMUNITY: "社区协商", Lane.STREET: "街道协商"}
MODES = {
    Mode.MICRO: "微协商",
    Mode.MINOR: "小事小议",
    Mode.MAJOR: "大事大议",
    Mode.URGENT: "急事快议",
}
METHODS = {
    ContactMethod.PHONE: "打电话",
    ContactMethod.VISIT: "上门",
    ContactMethod.MESSAGE: "发消息",
    ContactMethod.MEET: "见面",
}
RESULTS = {
    AnswerResult.SOLVED: "已解决",
    AnswerResult.PARTLY: "部分解决",
    AnswerResult.ON_AGENDA: "提上日程",
    AnswerResult.EXPLAINED: "已说明",
    AnswerResult.CANNOT: "办不了",
}
SOLVED = {Solved.YES: "解决了", Solved.PARTLY: "解决了一部分", Solved.NO: "没有解决"}
CLOCKS = {
    ClockName.SIGN: "签收",
    ClockName.CONTACT: "联系居民",
    ClockName.RESOLVE: "答复",
}
LEVELS = {
    EscalationLevel.E0: "提醒",
    EscalationLevel.E1: "催办",
    EscalationLevel.E2: "再次催办",
    EscalationLevel.E3: "督办",
    EscalationLevel.E4: "提级",
}


@sayings.of(IssueSubmitted)
def submitted(fact: IssueSubmitted) -> Said:
    """The redacted text: what the resident wrote in their own words no history repeats."""
    return Said(
        f"居民提交（{CHANNELS[fact.channel]}），要{TARGETS[fact.target.level]}答复",
        texts(
            ("事由", fact.title), ("公开的文字", fact.text_redacted), ("地点", fact.location.place)
        ),
        f"告知书 {fact.consent.notice_ver}" if fact.consent else "",
        public=True,
    )


@sayings.of(IssueEvaluated)
def evaluated(fact: IssueEvaluated) -> Said:
    what = f"居民评价：{SOLVED[fact.solved]}，满意度 {fact.satisfaction} 分（第 {fact.round} 轮）"
    return Said(what, texts(("评语", fact.comment)), public=True)


@sayings.of(ReporterErased)
def erased(_fact: ReporterErased) -> Said:
    return Said("按本人要求删除了居民的信息和原话")


@sayings.of(IssueAccepted)
def accepted(fact: IssueAccepted) -> Said:
    matter = fact.assessment
    name = CATEGORIES[matter.category].name if matter.category in CATEGORIES else matter.category
    what = f"受理：{name}，{URGENCIES[matter.urgency]}，涉及 {matter.affected_hh} 户"
    return Said(what, public=True)


@sayings.of(IssueRouted)
def routed(fact: IssueRouted) -> Said:
    how = f"{LANES[fact.lane]}，{MODES[fact.mode]}"
    return Said(
        f"分派第 {fact.leg} 段：{how}，{at(fact.resolve_by)} 前答复",
        texts(("不按建议分派，因为", fact.override_reason)),
        f"规则 {fact.rule_id} · 办法 {fact.policy_ver} · 日历 {fact.calendar_ver}",
        public=True,
    )


@sayings.of(IssueSigned)
def signed(_fact: IssueSigned) -> Said:
    return Said("签收", public=True)


@sayings.of(IssueContacted)
def contacted(fact: IssueContacted) -> Said:
    came = "联系上了" if fact.reached else "没有联系上"
    return Said(f"第 {fact.attempt} 次联系居民：{METHODS[fact.method]}，{came}", public=True)


@sayings.of(IssueWorkStarted)
def started(_fact: IssueWorkStarted) -> Said:
    return Said("开始办理", public=True)


def pictures(photos: Sequence[Attachment]) -> str:
    return f"，附 {len(photos)} 张照片" if photos else ""


@sayings.of(IssueProgressed)
def progressed(fact: IssueProgressed) -> Said:
    seen = "居民能看到" if fact.public else "只在内部"
    what = f"记一次进展（{seen}）{pictures(fact.attachments)}"
    return Said(what, texts(("进展", fact.note)), public=fact.public)


@sayings.of(IssuePromotedToTopic)
def promoted(_fact: IssuePromotedToTopic) -> Said:
    return Said("事项转为议题", public=True)


@sayings.of(IssueAnswered)
def answered(fact: IssueAnswered) -> Said:
    by = f"（第 {fact.round} 轮），{at(fact.evaluate_by)} 前评价"
    return Said(
        f"答复居民：{RESULTS[fact.result]}{by}{pictures(fact.evidence)}",
        texts(("答复", fact.reply), ("没有开会，因为", fact.no_meeting_reason)),
        public=True,
    )


@sayings.of(IssueClosed)
def closed(fact: IssueClosed) -> Said:
    by = "居民评价" if fact.basis is CloseBasis.EVALUATED else "到期未评价"
    solved = f"，居民说{SOLVED[fact.solved]}" if fact.solved else ""
    return Said(f"办结（{by}{solved}）", public=True)


@sayings.of(IssueReopened)
def reopened(fact: IssueReopened) -> Said:
    what = f"重新办理，第 {fact.round} 轮，{at(fact.resolve_by)} 前答复"
    return Said(what, public=True)


@sayings.of(EscalationRaised)
def raised(fact: EscalationRaised) -> Said:
    what = f"{CLOCKS[fact.clock]}超时，{LEVELS[fact.level]}第 {fact.count} 次"
    return Said(what, rule=f"{fact.level} · 时限 {at(fact.due)}", public=True)


@sayings.of(VoiceNotFollowed)
def not_followed(_fact: VoiceNotFollowed) -> Said:
    return Said("居民这一次的意见到得晚，没有改变办理", public=True)
