"""What a resident is promised, by when, and why it takes longer than the week lets expect."""

from datetime import datetime

from contracts.calendar import ZONE
from registry.calendar import shipped
from services.intake.domain.promises import promises
from services.intake.pages.receipt import explained

SUBMITTED = datetime(2026, 9, 23, 10, tzinfo=ZONE)


def test_three_dates_are_promised_in_working_days() -> None:
    dates = [promise.by.date().isoformat() for promise in promises(shipped(), SUBMITTED)]
    assert dates == ["2026-09-24", "2026-09-28", "2026-10-12"]


def test_days_off_and_make_up_days_are_named_where_they_fall() -> None:
    why = [explained(promise) for promise in promises(shipped(), SUBMITTED)]
    assert why == [
        "",
        "中秋节放假（9月25日至27日）不算工作日",
        "国庆节放假（10月1日至7日）不算工作日；10月10日 周六补班，算工作日",
    ]


def test_an_ordinary_week_needs_no_words() -> None:
    ordinary = promises(shipped(), datetime(2026, 11, 2, 10, tzinfo=ZONE))
    assert [explained(promise) for promise in ordinary] == ["", "", ""]
