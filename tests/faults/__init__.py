"""Faults with real processes: kill -9, SIGSTOP, a cut line. Each ends with the history checker.

Small by default, as CI runs them; MAZHA_FAULTS=full is the scale of docs/faults.md, and "least" a
tenth of the small one: a mutant is seen there.
"""

import os

SCALE = os.environ.get("MAZHA_FAULTS", "small")


def scale(small: int, full: int) -> int:
    return {"least": max(1, small // 10), "small": small, "full": full}[SCALE]
