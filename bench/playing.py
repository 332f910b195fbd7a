"""Plays a scenario's sides in turn, round by round; or one side once, under a profile."""

import cProfile
import io
import pstats
from collections.abc import Callable
from pathlib import Path

from bench.figures import Run, rate
from bench.scenario import Scenario

PROFILES = Path(__file__).parent
TOP = 25
HOW = """A wait for the database is counted where SQLAlchemy switched greenlets, as `tottime` of
`_execute_clauseelement`, `_execute_on_connection` or of whoever awaited it.
"""

Say = Callable[[str], None]
Played = list[dict[str, Run]]


async def play(scenario: Scenario, rounds: int, say: Say) -> Played:
    """Ours, peer, ours, peer: what changes on the machine meanwhile touches both."""
    async with scenario.prepared():
        return [await one_round(scenario, n + 1, say) for n in range(rounds)]


async def one_round(scenario: Scenario, n: int, say: Say) -> dict[str, Run]:
    played: dict[str, Run] = {}
    for name, side in scenario.sides().items():
        played[name] = await side()
        say(f"{scenario.name} {n}: {name} {said(played[name])}")
    return played


def said(run: Run) -> str:
    more = "".join(f", {what} {figure:g}" for what, figure in run.extra.items())
    return f"{run.done} in {run.seconds:.2f} s, {rate(run):,.0f}/s{more}"


async def profile(scenario: Scenario) -> Path:
    """Our side once. A profile slows what it sees: its figures are shares, not times."""
    seen = cProfile.Profile()
    async with scenario.prepared():
        scenario.stage.profile = seen
        await next(iter(scenario.sides().values()))()
        scenario.stage.profile = None
    told = io.StringIO()
    told.write(HOW)
    pstats.Stats(seen, stream=told).strip_dirs().sort_stats("tottime").print_stats(TOP)
    path = PROFILES / f"profile-{scenario.name}.txt"
    path.write_text(told.getvalue())
    return path
