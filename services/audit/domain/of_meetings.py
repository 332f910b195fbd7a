"""In words: topics, and what councils made of them (contracts of meetings)."""

from contracts.meetings import (
    Form,
    ItemDecided,
    MeetingDrafted,
    MeetingHeld,
    MeetingNoticed,
    Outcome,
    ParticipantCheckedIn,
    ParticipantInvited,
    SeatRole,
    TopicApproved,
    TopicDeferred,
    TopicProposed,
    TopicRejected,
    TopicSubmitted,
)
from services.audit.domain.said import Said, Sayings, at, each, texts

sayings = Sayings()
FORMS = {
    Form.CONFERENCE: "会议协商",
    Form.ON_SITE: "现场协商",
    Form.BUILDING: "楼栋协商",
    Form.COURTYARD: "小院议事会",
    Form.STOOL: "小马扎议事会",
    Form.COMMUNICATION: "沟通协商",
    Form.ONLINE: "网络协商",
    Form.MICRO: "微协商",
    Form.HOUSEHOLD_VISIT: "入户商",
    Form.ROADSIDE: "路边商",
}
SEATS = {
    SeatRole.PARTY: "当事方",
    SeatRole.RESIDENT_REP: "居民代表",
    SeatRole.MEMBER: "政协委员",
    SeatRole.LIAISON: "联络员",
    SeatRole.DEPT: "部门",
    SeatRole.PROPERTY: "物业",
    SeatRole.EXPERT: "专家",
}
OUTCOMES = {
    Outcome.CONSENSUS: "达成一致",
    Outcome.VOTED_PASS: "表决通过",
    Outcome.VOTED_FAIL: "表决没有通过",
    Outcome.NO_CONSENSUS: "没有达成一致",
    Outcome.DEFERRED: "下次再议",
}


@sayings.of(TopicProposed)
def proposed(fact: TopicProposed) -> Said:
    asked = each("分问题", fact.sub_questions)
    return Said("提出议题", (*texts(("议题", fact.question)), *asked))


@sayings.of(TopicSubmitted)
def submitted(fact: TopicSubmitted) -> Said:
    given = (*texts(("背景", fact.background)), *each("方案", fact.options))
    return Said(f"交齐议题材料，{at(fact.decide_by)} 前研究", given)


@sayings.of(TopicApproved)
def approved(fact: TopicApproved) -> Said:
    what = f"议题批准，{at(fact.meet_by)} 前开会"
    return Said(what, each("条件", fact.conditions), fact.record_no, public=True)


@sayings.of(TopicRejected)
def rejected(fact: TopicRejected) -> Said:
    return Said("议题没有批准", texts(("因为", fact.why)), fact.record_no, public=True)


@sayings.of(TopicDeferred)
def deferred(fact: TopicDeferred) -> Said:
    what = f"议题暂缓，{fact.until.month}月{fact.until.day}日 再研究"
    return Said(what, texts(("因为", fact.why)), fact.record_no, public=True)


@sayings.of(MeetingDrafted)
def drafted(fact: MeetingDrafted) -> Said:
    agenda = each("议程", tuple(item.question for item in fact.agenda))
    return Said(f"拟定会议：{FORMS[fact.form]}", agenda)


@sayings.of(ParticipantInvited)
def invited(fact: ParticipantInvited) -> Said:
    must = "，必到" if fact.required else ""
    return Said(f"邀请 {fact.place} 号席位：{SEATS[fact.role]}{must}")


@sayings.of(MeetingNoticed)
def noticed(fact: MeetingNoticed) -> Said:
    waived = "、".join(SEATS[role] for role in fact.waived)
    rule = f"免到：{waived}" if waived else ""
    given = texts(("地点", fact.venue), ("免到的理由", fact.waiver_reason))
    return Said(f"发会议通知：{at(fact.starts_at)} 开会", given, rule, public=True)


@sayings.of(ParticipantCheckedIn)
def checked_in(fact: ParticipantCheckedIn) -> Said:
    return Said(f"{fact.place} 号席位签到，{at(fact.at)}")


@sayings.of(ItemDecided)
def decided(fact: ItemDecided) -> Said:
    votes = f"（{fact.votes_for} 赞成，{fact.votes_against} 反对，{fact.abstained} 弃权）"
    voted = fact.outcome in (Outcome.VOTED_PASS, Outcome.VOTED_FAIL)
    what = f"第 {fact.no} 项：{OUTCOMES[fact.outcome]}{votes if voted else ''}"
    return Said(what, texts(("商定", fact.agreed)))


@sayings.of(MeetingHeld)
def held(fact: MeetingHeld) -> Said:
    came, asked = fact.attendance.present, fact.attendance.invited
    items = "；".join(f"第 {item.no} 项{OUTCOMES[item.outcome]}" for item in fact.items)
    what = f"{FORMS[fact.form]}，到 {came} 人（应到 {asked}）" + (f"：{items}" if items else "")
    rule = f"按{FORMS[fact.form]}的到会规则"
    return Said(what, texts(("商定", fact.result)), rule, public=True)
