"""What a trial city begins with, and how its clock may be moved."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.calendar import ZONE
from kernel.web.settings import WrongSettings
from registry.calendar import shipped
from registry.settings import city_settings
from trial.clock import next_working_day, wished
from trial.founding import back_then
from trial.keys import keys
from trial.living.people import seats
from trial.servers import Trouble
from trial.servers.ports import any_free
from trial.whole import must_be_free

NOW = datetime(2026, 9, 24, 10, tzinfo=ZONE)


def test_twenty_working_days_ago_skips_weekends_and_holidays() -> None:
    day = back_then(date(2026, 10, 20), 20)
    worked = [d for n in range(60) if shipped().works(d := day + timedelta(days=n))]
    assert worked.index(date(2026, 10, 20)) == 20


def test_the_clock_goes_ahead_only_and_not_for_years() -> None:
    assert wished({"at": "2026-09-24T11:00"}, NOW) == NOW + timedelta(hours=1)
    assert wished({"at": "2026-09-24T03:00:00+00:00"}, NOW) == datetime(2026, 9, 24, 3, tzinfo=UTC)
    for wrong in ("2026-09-24T09:59", "2028-01-01T00:00", "tomorrow", ""):
        assert wished({"at": wrong}, NOW) is None


def test_the_next_working_day_after_a_holiday_eve_is_after_the_holiday() -> None:
    assert next_working_day(NOW) == datetime(2026, 9, 28, 10, tzinfo=ZONE)


def test_sample_keys_open_nothing_outside_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in keys(["intake"]).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAZHA_KAFKA", "127.0.0.1:1")
    monkeypatch.setenv("MAZHA_INTAKE_DATABASE_URL", "postgresql://x")
    with pytest.raises(WrongSettings, match="sample secrets outside a trial"):
        city_settings("intake")
    monkeypatch.setenv("MAZHA_TRIAL", "true")
    assert city_settings("intake").trial


def test_every_sample_person_has_a_name_to_sign_in_with() -> None:
    logins = [seat.login for seat in seats()]
    assert len(set(logins)) == len(logins) >= 40


@pytest.mark.connected
def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    import socket

    port = any_free()
    must_be_free(port)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(Trouble, match=f"port {port} is taken; .* MAZHA_PORT=8001"):
            must_be_free(port)
