"""In words: who was told of what, and whether it arrived (contracts of notify)."""

from contracts.notify import (
    By,
    NoticeRead,
    NotificationFailed,
    NotificationQueued,
    NotificationSent,
    Template,
)
from services.audit.domain.said import Said, Sayings, at

sayings = Sayings()
TEMPLATES = {
    Template.LOGIN_CODE: "查进度的验证码",
    Template.RECEIVED: "已收到，几时有信",
    Template.ACCEPTED: "由谁办，几时答复",
    Template.ANSWERED: "有了答复，请评价",
    Template.REWORK: "重新办理",
    Template.NOT_HERE: "这里办不了，去哪里办",
    Template.NEW_CASE: "有新的事要签收",
    Template.URGENT: "有急事要办",
    Template.URGED: "催办",
    Template.INVITED: "请来开会",
    Template.TOPIC_WAITS: "有议题等着研究",
}
WHY = {
    "no-mobile": "没有能收短信的手机号",
    "no-such-issue": "收件那边没有这件事",
    "neighbour-away": "收件那边没有回答",
    "gateway-away": "短信通道没有回答",
    "template-without-a-number": "这种短信还没有在通道登记",
}
WHOM = {By.SMS: "短信告诉居民", By.INBOX: "消息告诉岗位"}


@sayings.of(NotificationQueued)
def queued(fact: NotificationQueued) -> Said:
    what = f"{WHOM[fact.by]}：{TEMPLATES[fact.gist.template]}"
    rule = "急件，不等时段" if fact.urgent else f"{at(fact.send_at)} 发"
    return Said(what, rule=rule, public=fact.by is By.SMS)


@sayings.of(NotificationSent)
def sent(fact: NotificationSent) -> Said:
    return Said("短信已交运营商" if fact.attempt < 2 else f"短信第 {fact.attempt} 次交出")


@sayings.of(NotificationFailed)
def failed(fact: NotificationFailed) -> Said:
    again = f"，{at(fact.again_at)} 再发" if fact.again_at else "，不再发"
    return Said(f"短信第 {fact.attempt} 次没有发出{again}", rule=because(fact.why))


def because(why: str) -> str:
    """A vendor's code stays as it is: whoever asks the vendor needs it."""
    kind, _, code = why.partition(":")
    return f"短信通道退回（{code}）" if kind == "gateway" else WHY.get(why, "发送时出错")


@sayings.of(NoticeRead)
def read(_fact: NoticeRead) -> Said:
    return Said("岗位上的人已看")
