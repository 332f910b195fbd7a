"""To whom a matter may be sent."""

from datetime import date

from registry.ground import Ground, Place
from services.intake.commands import STATIONED

OPENED, CLOSED = date(2020, 1, 1), date(2026, 1, 1)
GROUND = Ground(
    {
        "6201": Place("兰州市", "CITY", None, OPENED, None),
        "620105": Place("安宁区", "COUNTY", "6201", OPENED, None),
        "620105001": Place("培黎街道", "TOWN", "620105", OPENED, None),
        "620105001001": Place("建宁路社区居委会", "VILLAGE", "620105001", OPENED, None),
        "620105001002": Place("费家营社区居委会", "VILLAGE", "620105001", OPENED, CLOSED),
        "620105001001-001": Place("第一网格", "GRID", "620105001001", OPENED, None),
    }
)


def test_a_matter_is_sent_where_a_station_looks_and_nowhere_above_it() -> None:
    active = GROUND.active(date(2026, 9, 24), STATIONED)
    assert {code for code in GROUND.places if code in active} == {"620105001", "620105001001"}
    assert "620199" not in active
