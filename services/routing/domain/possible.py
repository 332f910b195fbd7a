"""What may be done now, and what not yet and why: each rule is asked, and its no is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.permission import HANDLERS, HEADS, STATION, Tree
from contracts.routing import AnswerResult, ContactMethod
from kernel.decider import Actor, Forbidden, Refused
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.approval import ApproveAnswer
from services.routing.domain.case import Case, Desk
from services.routing.domain.decider import Wish, decide
from services.routing.domain.work import (
    AddProgress,
    ContactReporter,
    SeeContact,
    SignIssue,
    StartWork,
)

READERS = STATION | HANDLERS | HEADS
ENOUGH = "　" * 20
TRIED: Mapping[str, Wish] = {
    "sign": SignIssue(),
    "contact": ContactReporter(ContactMethod.PHONE, reached=True),
    "start": StartWork(),
    "progress": AddProgress(ENOUGH),
    "answer": AnswerIssue(AnswerResult.EXPLAINED, ENOUGH, no_meeting_reason=ENOUGH),
    "see-contact": SeeContact(ENOUGH),
}
"""As well as a form can be filled in: what is refused then, no typing helps."""


@dataclass(frozen=True, slots=True)
class Possible:
    """`now`: what would bring something; `not_yet`: by name the no, in words to be shown."""

    now: frozenset[str]
    not_yet: Mapping[str, Refused]


def possible(case: Case, desk: Desk) -> Possible:
    now, not_yet = set[str](), dict[str, Refused]()
    for name, wish in tried(case).items():
        try:
            if decide(wish, case, desk):
                now.add(name)
        except Forbidden:
            continue  # another seat's step: no waiting makes it ours
        except Refused as no:
            not_yet[name] = no
    return Possible(frozenset(now), not_yet)


def tried(case: Case) -> Mapping[str, Wish]:
    if not case.needs_head():
        return TRIED
    return {**TRIED, "approve": ApproveAnswer(case.drafts)}


def may_see(by: Actor, case: Case, tree: Tree) -> bool:
    """Whoever it was raised at, who leads and who helps, each with those above them."""
    there = (case.target, case.lead, *case.helping())
    return by.role in READERS and any(by.org and tree.covers(by.org, org) for org in there if org)
