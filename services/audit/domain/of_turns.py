"""In words: what committee and council made of a matter, and what is dealt with elsewhere."""

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.leaving import DeclineReason, IssueDeclined, IssueTransferred, TransferChannel
from contracts.routing import (
    Deliberated,
    IssueDeliberated,
    IssueTopicDecided,
    TopicDecision,
)
from services.audit.domain.said import Said, Sayings, at, texts

sayings = Sayings()
DECISIONS = {
    TopicDecision.APPROVED: "议题批准了，事项转入协商",
    TopicDecision.REJECTED: "议题没有批准，事项另外办理",
    TopicDecision.DEFERRED: "议题暂缓，事项等着",
}
OUTCOMES = {
    Deliberated.AGREED: "协商有了结果，开始落实",
    Deliberated.NOT_AGREED: "没有谈成，继续办理",
    Deliberated.ADJOURNED: "下次再议",
}
REASONS = {
    DeclineReason.OUT_OF_AREA: "不在本地范围",
    DeclineReason.LEGAL_CHANNEL: "要走法律途径",
    DeclineReason.CLOSED_SAME_MATTER: "同一件事已经办结",
    DeclineReason.NO_SUBSTANCE: "没有具体事情",
    DeclineReason.ABUSE: "恶意提交",
    DeclineReason.DUPLICATE_OF_OWN: "和本人已提交的重复",
}
CHANNELS = {
    TransferChannel.EMERGENCY_CALL: "110、119、120",
    TransferChannel.HOTLINE: "12345",
    TransferChannel.XINFANG: "信访",
    TransferChannel.COURT: "法院",
    TransferChannel.ARBITRATION: "仲裁",
    TransferChannel.DISCIPLINE: "纪检",
    TransferChannel.OTHER: "其他渠道",
}


@sayings.of(IssueTopicDecided)
def topic_decided(fact: IssueTopicDecided) -> Said:
    by = f"，{at(fact.meet_by)} 前开会" if fact.meet_by else ""
    until = f"，{fact.until.month}月{fact.until.day}日 再研究" if fact.until else ""
    return Said(f"{DECISIONS[fact.decision]}{by}{until}", public=True)


@sayings.of(IssueDeliberated)
def deliberated(fact: IssueDeliberated) -> Said:
    return Said(f"协商会开过：{OUTCOMES[fact.outcome]}", public=True)


@sayings.of(AnswerDrafted)
def drafted(fact: AnswerDrafted) -> Said:
    given = texts(("拟的答复", fact.reply), ("没有开会，因为", fact.no_meeting_reason))
    return Said(f"拟了答复，送负责人签发（第 {fact.round} 轮）", given)


@sayings.of(AnswerSentBack)
def sent_back(fact: AnswerSentBack) -> Said:
    return Said("负责人把答复退回修改", texts(("怎么改", fact.why)))


@sayings.of(IssueDeclined)
def declined(fact: IssueDeclined) -> Said:
    told = texts(("因为", fact.explanation), ("可以去", fact.alternative))
    return Said(f"不予受理：{REASONS[fact.reason]}", told, public=True)


@sayings.of(IssueTransferred)
def transferred(fact: IssueTransferred) -> Said:
    told = texts(("说明", fact.explanation))
    return Said(f"转到{CHANNELS[fact.channel]}", told, fact.external_ref or "", public=True)
