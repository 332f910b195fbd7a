"""What a run gave, and what a line of the table makes of the runs. Pure."""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Latencies = Counter[int]
"""Microseconds to three digits → how many operations took that long: all of them, none sampled."""


@dataclass(frozen=True, slots=True)
class Run:
    """One side of one round. `extra` are figures of that scenario alone."""

    done: int
    seconds: float
    latencies: Latencies = field(default_factory=Counter)
    extra: Mapping[str, float] = field(default_factory=dict)


def micros(seconds: float) -> int:
    whole = max(1, round(seconds * 1e6))
    digits = len(str(whole)) - 3
    return round(whole, -digits) if digits > 0 else whole


def pooled(latencies: Sequence[Latencies]) -> Latencies:
    return sum(latencies, Counter())


def percentile(latencies: Latencies, share: float) -> int:
    """The least latency that `share` of all operations did not exceed; 0 without any."""
    rank, seen = max(1, math.ceil(share * latencies.total())), 0
    for took in sorted(latencies):
        seen += latencies[took]
        if seen >= rank:
            return took
    return 0


def rate(run: Run) -> float:
    return run.done / run.seconds


def seconds(run: Run) -> float:
    return run.seconds


def p99_ms(run: Run) -> float:
    return percentile(run.latencies, 0.99) / 1000


def extra(name: str) -> Callable[[Run], float]:
    return lambda run: run.extra[name]


Figure = Callable[[Run], float]
Compare = Callable[[Run, Run], float]


def times(figure: Figure) -> Compare:
    """How many times the peer's figure ours is."""
    return lambda ours, peer: figure(ours) / figure(peer)


def faster(ours: Run, peer: Run) -> float:
    return rate(ours) / rate(peer)


def less(figure: Figure) -> Compare:
    """How many times less ours is than the peer's."""
    return lambda ours, peer: figure(peer) / figure(ours)


def alone(figure: Figure) -> Compare:
    return lambda ours, _peer: figure(ours)


def exponent(large: Run, small: Run) -> float:
    """How time grows with size: 1 when twice as many take twice as long."""
    return math.log(large.seconds / small.seconds) / math.log(large.done / small.done)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. With `most`, floor and aim are the most that it may be."""

    title: str
    unit: str = "/s"
    figure: Figure = rate
    compare: Compare = faster
    ours: str = "ours"
    peer: str | None = "peer"
    floor: float | None = None
    aim: float | None = None
    most: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    line: Line
    ours: float
    peer: float | None
    ratio: float
    lowest: float
    highest: float

    def reaches(self, mark: float | None) -> bool:
        if mark is None:
            return False
        return self.ratio <= mark if self.line.most else self.ratio >= mark

    @property
    def said(self) -> str:
        if self.line.floor is None:
            return "–"
        if self.reaches(self.line.aim):
            return "aim met"
        return "met" if self.reaches(self.line.floor) else "missed"


Rounds = Sequence[Mapping[str, Run]]


def judge(line: Line, rounds: Rounds) -> Verdict:
    """The ratio is the median of each round's own: what slows a round slows both its sides."""
    ours = [played[line.ours] for played in rounds]
    peers = [played[line.peer or line.ours] for played in rounds]
    ratios = [line.compare(one, other) for one, other in zip(ours, peers, strict=True)]
    middle = statistics.median(map(line.figure, peers)) if line.peer else None
    us = statistics.median(map(line.figure, ours))
    return Verdict(line, us, middle, statistics.median(ratios), min(ratios), max(ratios))


def latencies_of(side: str, rounds: Rounds) -> Latencies:
    return pooled([played[side].latencies for played in rounds])
