"""How far a matter is, and each of its steps, in the words that residents read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from contracts.routing import IssueAnswered
from contracts.stages import Stage
from kernel.decider import Actor
from kernel.envelope import About, Envelope
from kernel.event import read_fact
from registry.ground import Ground, Place
from services.intake.domain.stage import stop
from services.intake.pages.places import Places, rank, short
from services.intake.pages.trail import TELL, told
from services.intake.projections.matter import matter
from services.intake.projections.step import Step, step, theirs

SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
DAY, AT = date(2026, 11, 25), datetime(2026, 11, 25, 2, tzinfo=UTC)
OPENED = date(2020, 1, 1)
GROUND = Ground(
    {
        "6201": Place("兰州市", "CITY", None, OPENED, None),
        "620102": Place("城关区", "COUNTY", "6201", OPENED, None),
        "620102007": Place("白银路街道", "TOWN", "620102", OPENED, None),
        "620102007005": Place("徐家巷社区居委会", "VILLAGE", "620102007", OPENED, None),
        "620102007009": Place("徐家湾社区", "VILLAGE", "620102007", OPENED, DAY),
    }
)
HERE = Places(GROUND, DAY)


def test_the_road_shows_what_is_waited_for() -> None:
    assert [stop(s) for s in (Stage.SUBMITTED, Stage.ROUTED, Stage.ANSWERED, Stage.CLOSED)] == [
        *(1, 2, 4, 5)
    ]


def test_every_step_that_is_kept_has_words() -> None:
    assert TELL.keys() == step.kinds.keys()


def test_a_step_is_told_with_who_did_it_and_by_when() -> None:
    said = {
        "leg": 1,
        "mode": "MINOR",
        "lane": "COMMUNITY",
        "to": "620102007005",
        "resolve_by": "2026-12-04T10:00:00+00:00",
    }
    routed = Step("1", "2", AT, 1, "IssueRouted", "620102007", None, None, said)
    line = told(routed, HERE, "")
    assert line.title == "按“小事小议”交给徐家巷社区"
    assert (line.note, line.who) == ("预计12月4日 周五 18:00前答复您。", "白银路街道")
    again = told(Step("1", "2", AT, 1, "IssueRouted", "", None, None, {**said, "leg": 2}), HERE, "")
    assert (again.title, again.who) == ("重新分派至徐家巷社区", "")


def test_places_are_called_as_people_call_them() -> None:
    called = {
        "徐家巷社区居委会": "徐家巷社区",
        "桥头社区委会": "桥头社区",
        "崖川村委会": "崖川村",
        "红沟村民委员会": "红沟村",
        "高新技术产业园居委会": "高新技术产业园",
        "白银路街道": "白银路街道",
    }
    assert {name: short(name) for name in called} == called


def test_a_place_is_found_by_its_name_a_part_of_it_or_an_address_that_names_it() -> None:
    for typed in ("徐家巷社区", "徐家巷", "徐家", "白银路徐家巷92号"):
        assert "620102007005" in HERE.find(typed)
    assert HERE.find("徐家湾") == []  # it is there no more
    assert HERE.alike("徐家湾") == ["620102007005"]
    assert rank("徐家巷社区", "徐家巷") < rank("徐家巷社区", "徐家")
    assert [name for _, name in HERE.path("620102007005")] == ["城关区", "白银路街道"]
    assert HERE.above("620102007005", "TOWN") == "620102007"


def test_who_leads_has_answered_whoever_approved_it() -> None:
    """A resident rates the work, not the signature under it."""
    village = "620102007005"
    approved = Envelope(
        *("routing", "case-1", "1", 9, 1, UUID(int=9), "IssueAnswered", 1, AT),
        *(Actor(UUID(int=1), "town_committee", "620102007"), UUID(int=8), UUID(int=7)),
    )
    about = About(9, "routing", "case-1", 9, "1", UUID(int=9), AT, approved.written())
    said = (SAMPLES / "IssueAnswered.v1.json").read_bytes()
    fact = read_fact(IssueAnswered, 1, said)
    row = replace(matter.blank("1"), lead=village)
    changes: Any = matter.folds["IssueAnswered"][0](row, fact, about)
    assert changes["answered_by"] == village


def test_of_a_meeting_about_several_topics_each_reads_what_came_of_its_own() -> None:
    came = [("one", "CONSENSUS"), ("other", "VOTED_FAIL"), ("", "DEFERRED")]
    said = {"form": "CONFERENCE", "present": 7, "outcomes": came}
    held = Step("1", "meeting", AT, kind="MeetingHeld", said=said)
    note = told(theirs(held, ["issue", "meeting", "other"]), HERE, "").note
    assert note == "到会7人。表决没有通过；留到下次再议"
