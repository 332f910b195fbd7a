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
