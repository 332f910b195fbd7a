"""The page and the table that a person reads."""

from collections.abc import Iterator, Mapping, Sequence

from bench.figures import Latencies, Verdict, judge, latencies_of, percentile
from bench.results import Result, Results
from bench.scenario import Scenario

Scenarios = Mapping[str, type[Scenario]]

HEAD = """# Benchmarks

`make bench` plays these scenarios and writes this page. Each plays our side and its peer in turn, \
round by round, on one durable PostgreSQL and one Kafka of this machine, with fresh tables every \
time and the same seeds. **A ratio is the median of the ratios of the rounds, in brackets the \
lowest and the highest**: what slows the machine slows both sides of its round. The absolute \
figures belong to this machine alone. The *floor* must be held, the *aim* is where we want to be.

![Ratios beside floor and aim](benchmarks.svg)
"""
NOTES = """## What is compared

- **Append**: facts of about 300 bytes, prepared beforehand; 16 clients, each with streams of its \
own, few of them hot. Ours also writes the envelope, the hash chain, the command and the queue; \
the recorder writes its event rows alone, `pgbench` one row.
- **Projection**: a row of 14 columns, ten facts to a row, neighbours in the order on different \
rows: a batch of 1,000 then writes 1,000 rows, and writing rows is what PostgreSQL is slowest at. \
The peer takes fewer facts; its rate depends neither on how many there are nor on their order.
- **Relay**: read from the store, told to 12 partitions, the cursor moved. The peer has records \
and partitions ready in memory. What was told is read back and checked.
- **Inbox**: the peer writes the very same rows (that is checked) in one transaction for each \
poll, and checks nothing that it hears.
- **Rebuild**: in a process of its own; beside itself with a quarter of the facts.
- **Journey**: append, sequence, relay, Kafka, inbox, sequence, reader, row. Two services in one \
process, and who looks into the read model in the same one. The peer takes the same steps with \
one message for each transaction.

- **Submissions**: the form of a resident, sent to intake over HTTP on connections that are \
kept; card, keys and fact are on the disk before the answer. Intake runs whole meanwhile: order, \
relay, read models, consumers. The client is in the same process, and light.
- **Queued**: from the moment in which a form is sent until the station's queue shows it: intake, \
Kafka, routing, its reaction that opens the case, its read model. The peer as above.
- **Trial**: `mazha up`, from the command to its last line; memory that processes share is \
counted once.

Rows without a floor are told for their own sake. `python -m bench --profile NAME` says where our \
time goes. The raw results are in `bench/results.json`.
"""
COLUMNS = ("scenario", "ours", "peer", "ratio (range)", "floor", "aim", "")
TIMES = ("scenario", "side", "operations", "p50 ms", "p95 ms", "p99 ms")
SHARES = (0.5, 0.95, 0.99)


def page(results: Results, scenarios: Scenarios) -> str:
    known = {name: results[name] for name in scenarios if name in results}
    verdicts = table(COLUMNS, [row for one in judged(known, scenarios) for row in [cells(one)]])
    times = table(TIMES, list(latencies(known)))
    return "\n".join([HEAD, verdicts, "## Latencies\n", times, NOTES, machines(known)])


def judged(results: Results, scenarios: Scenarios) -> list[Verdict]:
    return [
        judge(line, results[name].rounds)
        for name, scenario in scenarios.items()
        if name in results
        for line in scenario.lines
    ]


def cells(verdict: Verdict) -> tuple[str, ...]:
    line = verdict.line
    ratio = f"{number(verdict.ratio)} ({number(verdict.lowest)}–{number(verdict.highest)})"
    peer = "" if verdict.peer is None else figure(verdict.peer, line.unit)
    marks = (mark(line.floor, line.most), mark(line.aim, line.most))
    return (line.title, figure(verdict.ours, line.unit), peer, ratio, *marks, verdict.said)


def mark(value: float | None, most: bool) -> str:
    return "" if value is None else f"{'≤' if most else '≥'} {value:g}"


def figure(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".strip().replace(" /s", "/s")


def number(value: float) -> str:
    """Three digits say all that a benchmark knows."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def latencies(results: Results) -> Iterator[tuple[str, ...]]:
    for name, result in results.items():
        for side in result.rounds[0]:
            if took := latencies_of(side, result.rounds):
                yield (name, side, f"{took.total():,}", *map(str, quantiles(took)))


def quantiles(took: Latencies) -> list[float]:
    return [percentile(took, share) / 1000 for share in SHARES]


def machines(results: Results) -> str:
    """Usually one; more when a scenario was played again on another day."""
    said: dict[str, list[str]] = {}
    for name, result in results.items():
        said.setdefault(described(result), []).append(f"{name} ({len(result.rounds)})")
    parts = [f"{text}- scenario (rounds): {', '.join(names)}\n" for text, names in said.items()]
    return "\n".join(["## The machine\n", *parts])


def described(result: Result) -> str:
    rows = [("day", result.day), *result.machine.items()]
    return "".join(f"- {name}: {value}\n" for name, value in rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled)
