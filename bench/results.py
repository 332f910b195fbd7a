"""Raw results as they are kept: each scenario with its rounds, its day and its machine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from bench.figures import Rounds, Run
from bench.machine import Machine

NEAT = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS


@dataclass(frozen=True, slots=True)
class Result:
    day: str
    machine: Machine
    rounds: Rounds


Results = dict[str, Result]


def load(path: Path) -> Results:
    raw: Mapping[str, Any] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return {name: Result(r["day"], r["machine"], _rounds(r["rounds"])) for name, r in raw.items()}


def _rounds(raw: Sequence[Mapping[str, Any]]) -> Rounds:
    return [{side: _run(run) for side, run in played.items()} for played in raw]


def _run(raw: Mapping[str, Any]) -> Run:
    took = Counter({int(micros): count for micros, count in raw["latencies"].items()})
    return Run(raw["done"], raw["seconds"], took, raw["extra"])


def keep(path: Path, results: Results) -> None:
    """A line for each scenario."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (orjson.dumps({name: r}, option=NEAT)[1:-1] for name, r in results.items())
    path.write_bytes(b"{\n" + b",\n".join(lines) + b"\n}\n")
