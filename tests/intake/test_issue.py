"""Raising a matter, rating its answer, being forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.intake import (
    Attachment,
    Channel,
    Consent,
    IssueEvaluated,
    IssueSubmitted,
    Location,
    ReporterErased,
    Solved,
    Target,
    TargetLevel,
)
from contracts.permission import Role
from kernel.decider import Actor, Call, Claim
from kernel.seal.sealed import Sealed
from services.intake.domain.issue import (
    Desk,
    EraseReporter,
    Evaluate,
    SubmitIssue,
    claims,
    decider,
)
from tests.given import given

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
REPORTER, SEAT = UUID(int=5), UUID(int=6)
RESIDENT = Actor(REPORTER, Role.RESIDENT, "")
DESK = Desk(
    Call(RESIDENT, NOW), active=frozenset({"620105001"}), liaison=SEAT, notice_ver="2026-11"
)
SUBMIT = SubmitIssue(
    public_code="123456789012",
    channel=Channel.QR,
    level=TargetLevel.STREET,
    org_code="620105001",
    text="三号楼路灯不亮，老人摔倒。",
    text_redacted="三号楼路灯不亮，老人摔倒。",
    title="三号楼路灯不亮",
    reporter_ref=REPORTER,
    consents=("process", "contact"),
    notice_ver="2026-11",
    place="三号楼",
)
submitted = IssueSubmitted(
    public_code="123456789012",
    channel=Channel.QR,
    target=Target(level=TargetLevel.STREET, org_code="620105001", liaison_seat=SEAT),
    title=Sealed("issue", SUBMIT.title),
    text=Sealed("reporter", SUBMIT.text),
    text_redacted=Sealed("issue", SUBMIT.text_redacted),
    location=Location(place=Sealed("reporter", "三号楼")),
    reporter_ref=REPORTER,
    consent=Consent(notice_ver="2026-11", items=("process", "contact"), at=NOW),
)
evaluated = IssueEvaluated(round=1, solved=Solved.YES, satisfaction=5)
RATE = Evaluate(Solved.YES, 5)
ANSWERED = replace(DESK, answered_round=1, evaluate_by=NOW + timedelta(days=10))


def test_a_matter_is_raised_once() -> None:
    given(decider).when(SUBMIT, DESK).then(submitted)
    given(decider, submitted).when(SUBMIT, DESK).then_nothing()


def test_its_code_is_claimed() -> None:
    assert claims(decider.after([])) == frozenset()
    assert claims(decider.after([submitted])) == {Claim("public-code", "123456789012")}


PHOTO = Attachment(id=UUID(int=1), mime="image/jpeg", sha256="0" * 64, bytes=1)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(SUBMIT, text="灯不亮 "), "text-length"),
        (replace(SUBMIT, text="灯" * 2001), "text-length"),
        (replace(SUBMIT, place="楼" * 201), "place-too-long"),
        (replace(SUBMIT, attachments=(PHOTO,) * 10), "too-many-photos"),
        (replace(SUBMIT, consents=("contact",)), "consent-needed"),
        (replace(SUBMIT, notice_ver="2020-01"), "notice-is-new"),
        (replace(SUBMIT, org_code="620105999"), "no-such-organisation-today"),
    ],
)
def test_what_is_missing_or_too_much_is_said(wish: SubmitIssue, code: str) -> None:
    given(decider).when(wish, DESK).then_refused(code)


def test_ten_a_day_are_enough() -> None:
    assert given(decider).when(SUBMIT, replace(DESK, sent_today=9)).facts
    given(decider).when(SUBMIT, replace(DESK, sent_today=10)).then_refused("too-many-today")


def test_what_a_patrol_found_has_no_reporter_and_needs_no_consent() -> None:
    found = replace(SUBMIT, reporter_ref=None, consents=(), notice_ver="", channel=Channel.PATROL)
    (fact,) = given(decider).when(found, DESK).facts
    assert isinstance(fact, IssueSubmitted)
    assert (fact.reporter_ref, fact.consent) == (None, None)


def test_an_answer_is_rated_once() -> None:
    given(decider, submitted).when(RATE, ANSWERED).then(evaluated)
    given(decider, submitted, evaluated).when(RATE, ANSWERED).then_nothing()
    other = Evaluate(Solved.NO, 1)
    given(decider, submitted, evaluated).when(other, ANSWERED).then_refused("rated-already")


def test_the_answer_of_a_new_round_is_rated_anew() -> None:
    second = replace(ANSWERED, answered_round=2)
    given(decider, submitted, evaluated).when(RATE, second).then(
        IssueEvaluated(round=2, solved=Solved.YES, satisfaction=5)
    )


def test_only_an_answer_is_rated_and_only_for_ten_days() -> None:
    given(decider).when(RATE, ANSWERED).then_refused("no-such-issue")
    given(decider, submitted).when(RATE, DESK).then_refused("no-answer-yet")
    late = replace(ANSWERED, call=Call(RESIDENT, NOW + timedelta(days=11)))
    given(decider, submitted).when(RATE, late).then_refused("too-late-to-rate")


def test_a_comment_is_the_residents_own() -> None:
    wish = Evaluate(Solved.PARTLY, 3, "还差一盏")
    (fact,) = given(decider, submitted).when(wish, ANSWERED).facts
    assert isinstance(fact, IssueEvaluated)
    assert fact.comment == Sealed("reporter", "还差一盏")


def test_a_reporter_is_forgotten_once_it_is_closed() -> None:
    erased = ReporterErased(reporter_ref=REPORTER)
    closed = replace(DESK, closed=True)
    given(decider, submitted).when(EraseReporter(), DESK).then_refused("still-worked-on")
    given(decider, submitted).when(EraseReporter(), closed).then(erased)
    given(decider, submitted, erased).when(EraseReporter(), closed).then_nothing()
