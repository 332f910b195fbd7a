"""What the benchmarks reckon and draw; what they write in bulk; and that one of them runs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from bench import chart, report, results
from bench.figures import Line, Run, exponent, judge, less, micros, p99_ms, percentile, pooled
from bench.filling import fill
from bench.parcels import FACTS
from bench.peers.journal import positional
from bench.playing import play
from bench.results import Result
from bench.scenarios import SCENARIOS
from bench.scenarios.append import AppendFive
from bench.scenarios.relay import out_of_order
from bench.scenarios.submissions import Queued, Submissions
from bench.stage import Stage
from kernel.database import Database
from kernel.envelope import ENVELOPE
from kernel.proof.verify import verify
from tests.kernel.city import async_url
from trial.servers import Kafka, Postgres

LINE = Line("ours & theirs", floor=4, aim=7)
SVG = "{http://www.w3.org/2000/svg}"


def rounds(*rates: tuple[int, int]) -> list[dict[str, Run]]:
    return [{"ours": Run(ours, 1.0), "peer": Run(peer, 1.0)} for ours, peer in rates]


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    verdict = judge(LINE, rounds((50, 10), (9, 3), (80, 10)))
    assert (verdict.ratio, verdict.lowest, verdict.highest) == (5, 3, 8)
    assert (verdict.ours, verdict.peer) == (50, 10)


@pytest.mark.parametrize(
    ("ours", "said"), [(39, "missed"), (40, "met"), (69, "met"), (70, "aim met")]
)
def test_a_floor_is_met_from_its_own_figure_on(ours: int, said: str) -> None:
    assert judge(LINE, rounds((ours, 10))).said == said


@pytest.mark.parametrize(("ours", "said"), [(81, "missed"), (80, "met"), (70, "aim met")])
def test_a_ceiling_is_met_up_to_its_own_figure(ours: int, said: str) -> None:
    line = replace(LINE, floor=8, aim=7, most=True)
    assert judge(line, rounds((ours, 10))).said == said


def test_without_a_floor_nothing_is_said() -> None:
    assert judge(Line("for its own sake"), rounds((1, 2))).said == "–"


def test_percentiles_are_of_all_operations() -> None:
    took = pooled([Counter(range(1, 51)), Counter(range(51, 101))])
    assert [percentile(took, share) for share in (0.5, 0.95, 0.99, 1)] == [50, 95, 99, 100]
    assert percentile(Counter([7]), 0.99) == 7
    assert percentile(Counter(), 0.5) == 0


def test_a_latency_keeps_three_digits() -> None:
    assert [micros(s) for s in (0.0000001, 0.000123, 0.0123456, 1.23456)] == [
        1,
        123,
        12300,
        1230000,
    ]


def test_less_is_better_where_the_peer_is_divided_by_us() -> None:
    ours, peer = (Run(1, 1.0, Counter([took])) for took in (2_000, 9_000))
    assert less(p99_ms)(ours, peer) == 4.5


def test_twice_as_many_in_twice_the_time_is_an_exponent_of_one() -> None:
    assert exponent(Run(400, 8.0), Run(100, 2.0)) == pytest.approx(1)
    assert exponent(Run(400, 32.0), Run(100, 2.0)) == pytest.approx(2)


def test_a_repeated_fact_is_in_order_and_one_that_overtakes_is_not() -> None:
    assert out_of_order([("a", 1), ("b", 1), ("a", 2), ("a", 1), ("a", 2), ("a", 3)]) == 0
    assert out_of_order([("a", 1), ("a", 3), ("a", 2), ("b", 2)]) == 2


def test_a_statement_is_numbered_by_name() -> None:
    assert positional("select :b, :a::text, :b") == ("select $1, $2::text, $1", ["b", "a"])


def test_the_chart_is_well_formed_and_has_a_bar_for_each_floor() -> None:
    lines = (LINE, replace(LINE, floor=40), Line("for its own sake"), replace(LINE, floor=0))
    root = ElementTree.fromstring(chart.svg([judge(one, rounds((50, 10))) for one in lines]))  # noqa: S314
    bars = [r for r in root.iter(f"{SVG}rect") if r.get("class") in chart.CLASSES.values()]
    assert [bar.get("class") for bar in bars] == ["fair", "bad"]
    assert "prefers-color-scheme: dark" in (root.findtext(f"{SVG}style") or "")


def test_what_is_kept_is_what_was_played(tmp_path: Path) -> None:
    run = Run(2, 1.5, Counter({100: 1, 250: 1}), {"peak MiB": 60.0})
    kept = {"append-five": Result("2026-11-24", {"machine": "2 cores"}, [{"ours": run}])}
    results.keep(tmp_path / "bench" / "results.json", kept)
    assert results.load(tmp_path / "bench" / "results.json") == kept


def test_the_page_says_ratio_floor_and_latencies() -> None:
    fast, slow = Run(8_000, 1.0, Counter({2_000: 99, 9_000: 1})), Run(1_000, 1.0)
    played = [{"ours": fast, "peer": slow, "handle": slow}] * 2
    known = {"append-five": Result("2026-11-24", {"machine": "2 cores"}, played)}
    page = report.page(known, SCENARIOS)
    assert "| 8,000/s | 1,000/s | 8 (8–8) | ≥ 4 | ≥ 7 | aim met |" in page
    assert "| append-five | ours | 200 | 2.0 | 2.0 | 2.0 |" in page
    assert "- machine: 2 cores" in page


@pytest.fixture
async def stage(postgres: Postgres, prefix: str) -> Stage:
    stage = Stage(postgres, prefix=prefix)
    await stage.open()
    return stage


@pytest.mark.connected
async def test_fifty_appends_beside_a_recorder(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AppendFive, "quick", 64)
    said: list[str] = []
    played = await play(AppendFive(stage, quick=True), 1, said.append)
    assert [side.latencies.total() for side in played[0].values()] == [64, 64, 64]
    assert [line.split()[2] for line in said] == ["ours", "peer", "handle"]
    await stage.drop(stage.template)


@pytest.mark.connected
@pytest.mark.timeout(300)
async def test_a_dozen_submissions_beside_pgbench_and_into_the_queue(
    postgres: Postgres, kafka: Kafka, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Submissions, "quick", 16)
    monkeypatch.setattr(Queued, "quick", 1)
    stage = Stage(postgres, kafka.bootstrap, prefix)
    await stage.open()
    said: list[str] = []
    sent = await play(Submissions(stage, quick=True), 1, said.append)
    seen = await play(Queued(stage, quick=True), 1, said.append)
    assert [run.done for run in sent[0].values()] == [16, 160]
    assert [run.latencies.total() for run in seen[0].values()] == [50, 50]
    await stage.drop(stage.template)


@pytest.mark.connected
@pytest.mark.parametrize("bursts", [False, True])
async def test_what_is_filled_in_bulk_is_as_the_kernel_writes_it(
    database: Callable[[], str], bursts: bool
) -> None:
    db = Database(async_url(database()), pool=2)
    assert await fill(db, parcels=6, versions=3, bursts=bursts) == 18
    key = Ed25519PrivateKey.generate().public_key()
    assert await verify(db, key) == (True, 18, None, "")
    await as_written(db)
    await db.close()


async def as_written(db: Database) -> None:
    """Its bytes, too: whoever reads a fact and writes it down again has the same."""
    for row in await db.all(text("select stream_id, type, data, meta from kernel.events")):
        assert FACTS.read(row.type, 1, row.data).written() == row.data
        assert ENVELOPE.validate_json(row.meta).written() == row.meta
