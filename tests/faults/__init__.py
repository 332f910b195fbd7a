"""Faults with real processes: kill -9, SIGSTOP, a cut line. Each ends with the history checker.

Small by default, as CI runs them; MAZHA_FAULTS=full is the scale of docs/faults.md.
"""

import os

FULL = os.environ.get("MAZHA_FAULTS") == "full"


def scale(small: int, full: int) -> int:
    return full if FULL else small
