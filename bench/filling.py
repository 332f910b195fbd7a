"""Fills a store with facts in bulk, byte for byte as the kernel would have written them."""

from sqlalchemy import text

from bench.appends import SOURCE
from bench.parcels import DEPOTS, NOTE
from kernel.database import Database
from kernel.epoch import settle_epoch

# One version of all parcels: the chain needs the version before. The notes hold no quotation mark.
FILL = text(r"""
with parcel as (
  select n, md5('parcel ' || n)::uuid::text as key, cast(:version as int) as v
    from generate_series(1, cast(:parcels as int)) n
), named as (
  select n, key, v, 'parcel-' || key as stream, md5(key || v)::uuid as id,
         md5('command ' || key || v)::uuid as cause,
         timestamptz '2026-01-05 00:00Z' + v * interval '1 hour' + n * interval '1.000001 s' as at
    from parcel
), written as (
  select n, key, v, stream, id, at, case v when 1 then 'ParcelTaken' else 'ParcelMoved' end as type,
         convert_to(case v when 1 then
           '{"sender"\:"sender-12","town"\:"town-3","weight"\:1200,"express"\:false,"note"\:"'
           else format('{"depot"\:"depot-%s","lane"\:%s,"carrier"\:"carrier-%s","weight"\:1200,'
             || '"note"\:"', v % cast(:depots as int), v, v % 5) end
           || cast(:note as text) || '"}', 'utf8') as data,
         convert_to(format('{"source"\:"%s","stream"\:"%s","key"\:"%s","version"\:%s,"epoch"\:1,'
           || '"id"\:"%s","type"\:"%s","schema_ver"\:1,"at"\:"%s+00\:00","actor"\:{"id"\:"%s",'
           || '"role"\:"clerk","org"\:"north","seat"\:null},"cause"\:"%s","correlation"\:"%s"}',
           cast(:source as text), stream, key, v, id,
           case v when 1 then 'ParcelTaken' else 'ParcelMoved' end,
           to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24\:MI\:SS.US'),
           '00000000-0000-0000-0000-000000000007', cause, cause), 'utf8') as meta
    from named
)
insert into kernel.events (stream_id, version, event_id, type, schema_ver, data, meta, at, hash)
select w.stream, v, id, w.type, 1, w.data, w.meta, w.at,
       sha256('\x00' || coalesce(before.hash, decode(repeat('00', 32), 'hex'))
              || int4send(length(w.meta)) || w.meta || w.data)
  from written w left join kernel.events before on before.stream_id = w.stream
   and before.version = v - 1
 order by n
""")
# In their order, as the sequencer does: else the planner thinks little of the index on `seq`.
PLACE = text("""
insert into kernel.feed (seq, key, stream_id, version, sequenced_at)
select row_number() over (order by major, minor), key, 'parcel-' || key, v, kernel.now()
  from generate_series(1, cast(:parcels as int)) n, generate_series(1, cast(:versions as int)) v,
       lateral (select md5('parcel ' || n)::uuid::text as key) k,
       lateral (select case when :bursts then key else to_char(v, '0000') end as major,
                       case when :bursts then v else n end as minor) place
 order by 1
""")
CLUSTER = text("cluster kernel.events using events_pkey")
TIDY = text("vacuum (freeze, analyze)")


async def fill(db: Database, parcels: int, versions: int, bursts: bool = False) -> int:
    """Neighbours in the order are facts of different parcels; in `bursts`, of the same one."""
    await settle_epoch(db, SOURCE)
    said = {"source": SOURCE, "depots": DEPOTS, "note": NOTE, "parcels": parcels}
    for version in range(1, versions + 1):
        await db.do(FILL, {**said, "version": version})
    await db.do(PLACE, {"parcels": parcels, "versions": versions, "bursts": bursts})
    if bursts:  # what was written together lies together
        await db.do(CLUSTER)
    await db.do(TIDY)
    return parcels * versions
