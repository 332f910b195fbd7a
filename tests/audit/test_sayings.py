"""Every fact that is promised has words, and none of them holds what is sealed."""

import contracts.intake
import contracts.leaving
import contracts.meetings
import contracts.notify
import contracts.routing
from services.audit.domain.promised import is_fact, promised
from services.audit.domain.sayings import SAYINGS, say

MATTERS = (
    contracts.intake,
    contracts.routing,
    contracts.leaving,
    contracts.meetings,
    contracts.notify,
)
ELSEWHERE = {"QrIssued", "QrRevoked"}
"""Facts that belong to no matter."""


def test_each_fact_of_a_matter_has_words() -> None:
    told = {k.__name__ for module in MATTERS for k in vars(module).values() if is_fact(k)}
    assert told - ELSEWHERE - SAYINGS.keys() == set()


def test_words_are_for_facts_that_are_promised() -> None:
    assert SAYINGS.keys() <= promised().keys()


def test_a_private_fact_is_told_by_its_name_and_a_stranger_as_a_step() -> None:
    assert say("CaseOpened", None).what == "开案，开始计时"
    assert say("Unheard", None).what == "内部的一步"


def test_why_a_message_did_not_go_out_is_said_in_words() -> None:
    failed = contracts.notify.NotificationFailed(attempt=1, why="no-mobile")
    assert say("NotificationFailed", failed).rule == "没有能收短信的手机号"
    back = failed.model_copy(update={"why": "gateway:isv.BUSINESS_LIMIT_CONTROL"})
    assert say("NotificationFailed", back).rule == "短信通道退回（isv.BUSINESS_LIMIT_CONTROL）"
    odd = failed.model_copy(update={"why": "TimeoutError"})
    assert say("NotificationFailed", odd).rule == "发送时出错"
