"""How many codes go out, and how fast."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.decider import Refused
from services.intake.domain.passcode import must_wait_no_more

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=m) for m in sorted(minutes, reverse=True)]


def test_the_first_goes_and_the_next_a_minute_later() -> None:
    must_wait_no_more([], NOW)
    must_wait_no_more(ago(1), NOW)
    with pytest.raises(Refused, match="passcode-sent-just-now"):
        must_wait_no_more(ago(0.9), NOW)


def test_five_go_in_an_hour_and_ten_in_a_day() -> None:
    must_wait_no_more(ago(2, 4, 6, 8), NOW)
    with pytest.raises(Refused, match="passcodes-used-up") as hour:
        must_wait_no_more(ago(2, 4, 6, 8, 10), NOW)
    assert hour.value.words["again"] == NOW + timedelta(minutes=50)
    must_wait_no_more(ago(2, 4, 6, 8, 60), NOW)
    with pytest.raises(Refused, match="passcodes-used-up") as day:
        must_wait_no_more(ago(*range(100, 1100, 100)), NOW)
    assert day.value.words["again"] == NOW + timedelta(minutes=1440 - 1000)
