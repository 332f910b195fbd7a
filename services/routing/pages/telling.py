"""One fact of the history in words: what happened, what was written, and who may read it."""

from dataclasses import dataclass

from contracts.approval import AnswerDrafted, AnswerSentBack
from contracts.intake import Attachment, IssueEvaluated, IssueSubmitted, ReporterErased, Solved
from contracts.leaving import IssueDeclined, IssueTransferred
from contracts.routing import (
    ClockName,
    Deliberated,
    EscalationRaised,
    IssueAccepted,
    IssueAnswered,
    IssueClosed,
    IssueContacted,
    IssueDeliberated,
    IssueProgressed,
    IssuePromotedToTopic,
    IssueReopened,
    IssueRouted,
    IssueSigned,
    IssueTopicDecided,
    IssueWorkStarted,
    TopicDecision,
    VoiceNotFollowed,
)
from kernel.event import Event
from kernel.seal.sealed import Sealed
from registry.ground import Ground
from services.routing.domain.case import CaseOpened, ContactSeen
from services.routing.pages.labels import BASIS, CATEGORY, CHANNEL, DECLINE, METHOD, RESULT
from skin.words import day, moment, names

SOLVED = {Solved.YES: "解决了", Solved.PARTLY: "解决了一部分", Solved.NO: "没有解决"}
CLOCK = {ClockName.SIGN: "签收", ClockName.CONTACT: "首次联系", ClockName.RESOLVE: "答复"}
MET = {
    Deliberated.AGREED: "议出了结果，接着落实",
    Deliberated.NOT_AGREED: "没有达成一致",
    Deliberated.ADJOURNED: "没有议完，另行再开",
}


@dataclass(frozen=True, slots=True)
class Told:
    """`texts` are sealed; `note` is not. `kind`: won, slip or nothing."""

    words: str
    note: str = ""
    texts: tuple[Sealed, ...] = ()
    kind: str = ""
    public: bool = True
    photos: tuple[Attachment, ...] = ()


def told(fact: Event, here: Ground) -> Told:
    match fact:
        case IssueSubmitted() | IssueEvaluated() | ReporterErased():
            return by_resident(fact)
        case IssueSigned() | IssueContacted() | IssueWorkStarted() | IssueProgressed():
            return of_work(fact)
        case IssuePromotedToTopic() | IssueTopicDecided() | IssueDeliberated():
            return of_council(fact, here)
        case EscalationRaised() | ContactSeen() | CaseOpened():
            return kept_inside(fact)
        case AnswerDrafted() | AnswerSentBack():
            return of_approval(fact)
        case IssueAnswered() | IssueClosed() | IssueReopened() | VoiceNotFollowed():
            return of_answer(fact)
        case _:
            return of_triage(fact, here)


def by_resident(fact: IssueSubmitted | IssueEvaluated | ReporterErased) -> Told:
    match fact:
        case IssueSubmitted():
            return Told("居民提交")
        case IssueEvaluated():
            comment = (fact.comment,) if fact.comment else ()
            words = f"居民评价：{SOLVED[fact.solved]}，满意程度 {fact.satisfaction} 分（满分 5 分）"
            return Told(words, "", comment, "won" if fact.solved is Solved.YES else "")
        case ReporterErased():
            return Told("反映人要求删除个人信息，已删除")


def of_triage(fact: Event, here: Ground) -> Told:
    match fact:
        case IssueAccepted(assessment=matter):
            note = f"{CATEGORY.get(matter.category, matter.category)}，约 {matter.affected_hh} 户"
            return Told("受理", note)
        case IssueRouted():
            return routed(fact, here)
        case IssueDeclined():
            return Told(
                f"不予受理：{DECLINE[fact.reason]}", "", (fact.explanation, fact.alternative)
            )
        case IssueTransferred():
            return Told(f"转到{CHANNEL[fact.channel]}", "", (fact.explanation,))
        case _:
            return Told(type(fact).__name__, public=False)


def routed(fact: IssueRouted, here: Ground) -> Told:
    called = names("zh-CN")
    place = here.places.get(fact.lead_org)
    words = f"分派给{place.name if place else fact.lead_org}"
    reason = (fact.override_reason,) if fact.override_reason else ()
    by = f"{moment(fact.resolve_by, 'zh-CN')} 前答复"
    note = f"{called[fact.lane]}，{called[fact.mode]}（规则 {fact.rule_id}），{by}"
    return Told(words, note, reason)


def of_work(fact: IssueSigned | IssueContacted | IssueWorkStarted | IssueProgressed) -> Told:
    match fact:
        case IssueSigned():
            return Told("签收")
        case IssueContacted():
            how = f"{METHOD[fact.method]}，第 {fact.attempt} 次"
            return Told("联系上了反映人" if fact.reached else "联系反映人，没有联系上", how)
        case IssueWorkStarted():
            return Told("开始办理")
        case IssueProgressed():
            words, photos = "记了一条进展", fact.attachments
            return Told(words, "", (fact.note,), public=fact.public, photos=photos)


def of_council(
    fact: IssuePromotedToTopic | IssueTopicDecided | IssueDeliberated, here: Ground
) -> Told:
    match fact:
        case IssuePromotedToTopic():
            by = f"{moment(fact.decide_by, 'zh-CN')} 前研究" if fact.decide_by else ""
            return Told("转为议题，等党工委确定", by)
        case IssueTopicDecided():
            return decided(fact, here)
        case IssueDeliberated():
            won = "won" if fact.outcome is Deliberated.AGREED else ""
            return Told(f"开了协商会：{MET[fact.outcome]}", "", (), won)


def decided(fact: IssueTopicDecided, here: Ground) -> Told:
    match fact.decision:
        case TopicDecision.APPROVED:
            by = f"最迟 {moment(fact.meet_by, 'zh-CN')} 开会" if fact.meet_by else ""
            return Told("列为议题", by)
        case TopicDecision.REJECTED:
            place = here.places.get(fact.handling_org or "")
            return Told("没有列为议题", f"由{place.name}办理" if place else "")
        case TopicDecision.DEFERRED:
            until = f"{day(fact.until, 'zh-CN')}再研究" if fact.until else ""
            return Told("暂缓确定议题", until)


def kept_inside(fact: EscalationRaised | ContactSeen | CaseOpened) -> Told:
    match fact:
        case EscalationRaised():
            words = f"催办（第 {fact.count} 次）：{CLOCK[fact.clock]}超时"
            note = f"应在 {moment(fact.due, 'zh-CN')} 前"
            return Told(words, note, (), "slip", public=False)
        case ContactSeen():
            return Told("看了反映人的联系方式", "", (fact.reason,), public=False)
        case CaseOpened():
            by = f"{moment(fact.triage_by, 'zh-CN')} 前分拣"
            return Told("进入分拣台", by, public=False)


def of_approval(fact: AnswerDrafted | AnswerSentBack) -> Told:
    match fact:
        case AnswerDrafted():
            words, reason = f"拟了答复，送签发：{RESULT[fact.result][0]}", fact.no_meeting_reason
            texts = (fact.reply, *([reason] if reason else []))
            return Told(words, "", texts, public=False, photos=fact.evidence)
        case AnswerSentBack():
            return Told("答复退回修改", "", (fact.why,), public=False)


def of_answer(fact: IssueAnswered | IssueClosed | IssueReopened | VoiceNotFollowed) -> Told:
    match fact:
        case IssueAnswered():
            reason = (fact.no_meeting_reason,) if fact.no_meeting_reason else ()
            words = f"答复：{RESULT[fact.result][0]}"
            return Told(words, "", (fact.reply, *reason), photos=fact.evidence)
        case IssueClosed():
            won = "won" if fact.solved is Solved.YES else ""
            return Told(f"办结：{BASIS[fact.basis]}", "", (), won)
        case IssueReopened():
            return Told(f"重新办理，第 {fact.round} 轮")
        case VoiceNotFollowed():
            return Told("居民的评价来晚了，没有改变办理", public=False)
