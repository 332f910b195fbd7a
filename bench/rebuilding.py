"""`python -m bench.rebuilding URL`: one rebuild in its own process, for its memory is measured.

Says seconds and the most memory that was ever resident, in bytes, as JSON.
"""

import re
import sys
import time
from pathlib import Path

import orjson
import psutil

from bench.loop import run
from bench.parcels import track
from bench.stage import PATIENT
from kernel.database import Database
from kernel.read.rebuild import rebuild

STATUS = Path("/proc/self/status")


async def rebuilt(url: str) -> dict[str, float]:
    db, peak, started = Database(url, "bench", limit=PATIENT), 0, time.perf_counter()

    def note(_at: int, _end: int) -> None:
        nonlocal peak
        peak = max(peak, resident())

    await rebuild(db, track, note)
    seconds = time.perf_counter() - started
    await db.close()
    return {"seconds": seconds, "peak": max(peak, resident())}


def resident() -> int:
    """The high-water mark where the system keeps one, else what is resident now."""
    found = (
        re.search(r"^VmHWM:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
        if STATUS.exists()
        else None
    )
    return int(found[1]) * 1024 if found else int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(run(rebuilt(sys.argv[1]))))
