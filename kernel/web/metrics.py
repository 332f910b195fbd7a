"""What an operator watches of one service, measured when it is asked for."""

import asyncio
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text

from kernel.web.running import Running

MOST, LIMIT = 100_000, 2.0
"""No count goes further and no scrape waits longer: on the worst day it must still be cheap."""

GAUGES = {
    "store_up": "1 when the database answered",
    "feed_queue_rows": "facts that were committed and have no place in the order yet",
    "feed_seq": "the last place in the order",
    "consumer_lag_seq": "places between a consumer and the end of the order",
    "relay_lag_seq": "places between what was told and the end of the order",
    "relay_oldest_seconds": "age of the oldest fact that is not surely told",
    "inbox_lag_records": "records not heard yet; -1 while no partition is assigned",
    "parked": "facts that a consumer could not take",
    "gaps_waiting": "streams of others where a fact came before its predecessor",
    "forks": "streams whose source lost facts that it had told",
    "clocks_overdue": "clocks that came due and did not ring yet",
    "writer_waiting": "appends that wait for their turn",
    "dead_loops": "loops that ended though they never should",
}
Reading = tuple[str, str, float]  # gauge, label, value
LABELS = {"consumer_lag_seq": ["consumer"], "inbox_lag_records": ["purpose"], "parked": ["state"]}

STORED = text("""
with head as (select coalesce(max(seq), 0) as seq from kernel.feed),
     told as (select seq from kernel.checkpoints where name = 'relay')
select 'feed_queue_rows' as gauge, '' as label, count(*)::float8 as value
  from (select from kernel.feed_queue limit :most) q
union all select 'feed_seq', '', seq from head
union all select 'consumer_lag_seq', c.name, head.seq - c.seq
  from kernel.checkpoints c, head where c.name = any(:consumers)
union all select 'relay_lag_seq', '', head.seq - told.seq from told, head
union all select 'relay_oldest_seconds', '', coalesce(extract(epoch from kernel.now() - (
  select sequenced_at from (select sequenced_at, journal_id from kernel.feed
    where seq > (select seq from told) order by seq limit :most) f
   where journal_id is null limit 1)), 0)
union all select 'parked', s.state, count(p.state)
  from unnest(array['retrying', 'parked', 'too-new', 'behind']) s(state)
  left join (select state from kernel.parked limit :most) p using (state) group by s.state
union all select 'gaps_waiting', '', count(*)
  from (select from kernel.inbox_guards where waiting > 0 limit :most) g
union all select 'forks', '', count(*) from (select from kernel.forks limit :most) f
union all select 'clocks_overdue', '', count(*)
  from (select from kernel.due where not rung and at <= (select kernel.now()) limit :most) d
""")


class Gauges(Collector):
    """The registry of one service; other collectors may join it."""

    def __init__(self, running: Running) -> None:
        self.running, self.readings = running, list[Reading]()
        self.registry = CollectorRegistry()
        self.registry.register(self)

    async def scrape(self) -> bytes:
        self.readings = [*_here(self.running), *await _stored(self.running)]
        return generate_latest(self.registry)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for gauge, meaning in GAUGES.items():
            family = GaugeMetricFamily(f"kernel_{gauge}", meaning, labels=LABELS.get(gauge))
            for name, label, value in self.readings:
                if name == gauge:
                    family.add_metric([label] if label else [], value)
            yield family


def lags(running: Running) -> dict[str, int]:
    """Records not heard yet, by purpose; -1 while no partition is assigned."""
    purposes = [purpose for purpose, *_ in running.hears()] if running.opened else []
    found = {p: running.listeners[p].lag() if p in running.listeners else None for p in purposes}
    return {purpose: -1 if lag is None else lag for purpose, lag in found.items()}


def _here(running: Running) -> list[Reading]:
    dead = [t for t in running.tasks.values() if t.done() and (t.cancelled() or t.exception())]
    return [
        ("writer_waiting", "", len(running.writer.waiting)),
        ("dead_loops", "", len(dead)),
        *(("inbox_lag_records", purpose, lag) for purpose, lag in lags(running).items()),
    ]


async def _stored(running: Running) -> list[Reading]:
    """While the database is away its gauges are absent: an old value would be a lie."""
    consumers = list(running.reader.consumers) if running.opened else []
    try:
        async with asyncio.timeout(LIMIT):
            rows = await running.db.all(STORED, most=MOST, consumers=consumers)
    except Exception:
        return [("store_up", "", 0)]
    return [("store_up", "", 1), *((r.gauge, r.label, r.value) for r in rows)]
