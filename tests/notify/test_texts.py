"""Every message fits into one, says what and by when, and nothing that a gateway refuses."""

import csv
from datetime import datetime
from uuid import UUID

import pytest

from contracts.calendar import ZONE
from contracts.notify import Gist, Template
from contracts.routing import ClockName
from services.notify.texts import MOST, SIGNATURE, TEXTS, blanks, text_of, values_of
from tests.journeys.city import TABLE

NEVER = ("维权", "尽快", "相关部门", "【", "】", "http", "{place}")
LATE = datetime(2026, 12, 31, 23, 59, tzinfo=ZONE)


def longest_name() -> str:
    with TABLE.open(encoding="utf-8") as file:
        return max((row["name"] for row in csv.DictReader(file)), key=len)


def filled(template: Template, org: str) -> str:
    gist = Gist(
        template=template,
        issue_id=UUID(int=1),
        code="620109210036",
        org_code="620105001",
        at=LATE,
        step=ClockName.CONTACT,
    )
    return text_of(template, values_of(gist, org))


@pytest.mark.parametrize("template", Template)
def test_it_fits_into_one_message_with_the_longest_name_of_the_city(template: Template) -> None:
    text = f"【{SIGNATURE}】{filled(template, longest_name())}"
    assert len(text) <= MOST, f"{len(text)}: {text}"


@pytest.mark.parametrize("template", Template)
def test_it_says_nothing_that_is_refused_or_vague(template: Template) -> None:
    assert [word for word in NEVER if word in TEXTS[template]] == []
    assert not set(TEXTS[template]) & set(",;:()!?"), "full-width punctuation"
    assert TEXTS[template].endswith("。")


def test_each_template_has_a_text_and_known_blanks() -> None:
    assert set(TEXTS) == set(Template)
    named = {name for template in Template for name in blanks(template)}
    assert named == {"code", "org", "date", "when", "step", "verb"}


def test_a_message_reads_as_people_write() -> None:
    assert filled(Template.URGED, "徐家巷社区") == (
        "事项620109210036一级催办：徐家巷社区应于12月31日23:59前首次联系，请今天联系。"
    )
    assert filled(Template.ACCEPTED, "徐家巷社区") == (
        "您反映的事项（620109210036）已受理，由徐家巷社区办理，预计12月31日前答复。"
    )
