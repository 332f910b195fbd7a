"""`python -m bench [name ...]`: plays scenarios and, at full size, writes what they showed."""

import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bench import chart, playing, report, results
from bench.figures import Verdict
from bench.loop import run
from bench.machine import Machine, machine
from bench.results import Result, Results
from bench.scenario import Scenario
from bench.scenarios import SCENARIOS
from bench.stage import Stage, servers
from kernel.web.log import configure

ROOT = Path(__file__).parents[1]
console = Console(highlight=False, width=None if sys.stdout.isatty() else 150)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Names = Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(SCENARIOS)}; else all")]
Quick = Annotated[bool, typer.Option("--quick", help="tiny sizes, once: shows that all runs")]
Rounds = Annotated[int, typer.Option(help="how often each is played; 0: as it wishes")]
Profiled = Annotated[str, typer.Option("--profile", help="our side of this one, under a profile")]
To = Annotated[
    Path | None, typer.Option(help="where to write, also when quick", show_default=False)
]
Classes = Sequence[type[Scenario]]


@dataclass(frozen=True, slots=True)
class Bench:
    """`to` is the folder where results and pages go; None writes nothing."""

    stage: Stage
    quick: bool
    rounds: int
    to: Path | None
    machine: Machine

    async def play(self, chosen: Classes) -> None:
        await self.stage.open()
        for scenario in chosen:
            rounds = self.rounds or (1 if self.quick else scenario.rounds)
            played = await playing.play(scenario(self.stage, self.quick), rounds, console.print)
            self.tell({scenario.name: Result(today(), self.machine, played)})

    def tell(self, fresh: Results) -> None:
        """Scenario by scenario: who ends it early keeps what was played."""
        verdicts = report.judged(fresh, SCENARIOS)
        show(verdicts)
        if any(one.said == "missed" for one in verdicts):
            console.print(f"why: python -m bench --profile {next(iter(fresh))}")
        if self.to:
            write(self.to, fresh)

    async def profile(self, scenario: type[Scenario]) -> None:
        await self.stage.open()
        path = await playing.profile(scenario(self.stage, self.quick))
        console.print(f"written: {path.relative_to(ROOT)}")


@app.command()
def main(
    names: Names = None,
    quick: Quick = False,
    rounds: Rounds = 0,
    profile: Profiled = "",
    to: To = None,
) -> None:
    """Our kernel beside its peers. Full sizes take a quiet machine and about half an hour."""
    configure(logging.WARNING)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what matters is raised
    chosen = [known(name) for name in ([profile] if profile else names or SCENARIOS)]
    with servers(any(scenario.kafka for scenario in chosen)) as (postgres, bootstrap):
        where = to or (None if quick else ROOT)
        bench = Bench(Stage(postgres, bootstrap), quick, rounds, where, machine(postgres))
        run(bench.profile(chosen[0]) if profile else bench.play(chosen))


def known(name: str) -> type[Scenario]:
    if name not in SCENARIOS:
        raise typer.BadParameter(f"{name} is none of {', '.join(SCENARIOS)}")
    return SCENARIOS[name]


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def show(verdicts: Sequence[Verdict]) -> None:
    table = Table(*report.COLUMNS, box=None)
    for verdict in verdicts:
        table.add_row(*report.cells(verdict))
    console.print(table)


def write(to: Path, fresh: Results) -> None:
    """What was played now takes the place of what was played then."""
    raw, docs = to / "bench" / "results.json", to / "docs"
    known = {**results.load(raw), **fresh}
    results.keep(raw, known)
    docs.mkdir(parents=True, exist_ok=True)
    (docs / "benchmarks.md").write_text(report.page(known, SCENARIOS))
    verdicts = report.judged(known, SCENARIOS)
    (docs / "benchmarks.svg").write_text(chart.svg(verdicts))


if __name__ == "__main__":
    app()
