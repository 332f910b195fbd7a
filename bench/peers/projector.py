"""The projection runner of `eventsourcing`: one transaction for each fact, row and place in it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, DomainEventProtocol
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from bench.parcels import Fact, ParcelTaken, fact
from bench.peers.recorder import parts

BEGAN = datetime(2026, 1, 5, tzinfo=UTC)
LIMIT = 600.0

TABLE = SQL("""
create table if not exists track (
  parcel uuid primary key, sender text not null default '', town text not null default '',
  weight bigint not null default 0, express boolean not null default false,
  depot text not null default '', lane bigint not null default 0, carrier text not null default '',
  note text not null default '', moves bigint not null default 0, taken_at timestamptz,
  moved_at timestamptz, stage text not null default '', version bigint not null default 0)
""")
TAKEN = SQL("""
insert into track (parcel, sender, town, weight, express, note, taken_at, stage, version)
values (%(parcel)s, %(sender)s, %(town)s, %(weight)s, %(express)s, %(note)s, %(at)s, 'taken',
        %(version)s)
on conflict (parcel) do update set sender = excluded.sender, town = excluded.town,
  weight = excluded.weight, express = excluded.express, note = excluded.note,
  taken_at = excluded.taken_at, stage = excluded.stage, version = excluded.version
""")
MOVED = SQL("""
insert into track as t (parcel, depot, lane, carrier, weight, note, moves, moved_at, stage, version)
values (%(parcel)s, %(depot)s, %(lane)s, %(carrier)s, %(weight)s, %(note)s, 1, %(at)s, 'moving',
        %(version)s)
on conflict (parcel) do update set depot = excluded.depot, lane = excluded.lane,
  carrier = excluded.carrier, weight = excluded.weight, note = excluded.note,
  moves = t.moves + 1, moved_at = excluded.moved_at, stage = excluded.stage,
  version = excluded.version
""")


class Taken(Aggregate.Event):
    sender: str
    town: str
    weight: int
    express: bool
    note: str


class Moved(Aggregate.Event):
    depot: str
    lane: int
    carrier: str
    weight: int
    note: str


class Parcels(Application[UUID]):
    pass


class Tracks(PostgresTrackingRecorder):
    """`began` and `ended` are when the first fact was taken up and the last was committed."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(TABLE.format())
        self.began = self.ended = 0.0

    def write(self, sql: SQL, event: Aggregate.Event, tracking: Tracking) -> None:
        self.began = self.began or time.perf_counter()
        row = {**vars(event), "parcel": event.originator_id, "at": event.timestamp}
        with self.datastore.transaction(commit=True) as curs:
            self._insert_tracking(curs, tracking)
            curs.execute(sql, {**row, "version": event.originator_version}, prepare=True)
        self.ended = time.perf_counter()


class TrackParcels(Projection[Tracks]):
    name = "tracks"

    @singledispatchmethod
    def process_event(self, domain_event: DomainEventProtocol[UUID], tracking: Tracking) -> None:
        raise TypeError(f"an unknown fact at {tracking.notification_id}: {domain_event}")

    @process_event.register
    def _taken(self, domain_event: Taken, tracking: Tracking) -> None:
        self.view.write(TAKEN, domain_event, tracking)

    @process_event.register
    def _moved(self, domain_event: Moved, tracking: Tracking) -> None:
        self.view.write(MOVED, domain_event, tracking)


def env(url: str) -> Mapping[str, str]:
    named = {f"POSTGRES_{name.upper()}": value for name, value in parts(url).items()}
    return {**named, "PERSISTENCE_MODULE": "eventsourcing.postgres"}


def write(url: str, parcels: int, versions: int) -> int:
    """The same facts in the same order as `filling` gives them."""
    with Parcels(env(url)) as app:
        for version in range(1, versions + 1):
            said = fact(version)
            app.events.put([event(n, version, said) for n in range(parcels)])
        return app.recorder.max_notification_id() or 0


def event(n: int, version: int, said: Fact) -> Aggregate.Event:
    kind = Taken if isinstance(said, ParcelTaken) else Moved
    return kind(
        originator_id=uuid5(UUID(int=0), f"parcel {n}"),
        originator_version=version,
        timestamp=BEGAN + timedelta(hours=version, seconds=n),
        **said.model_dump(),
    )


def run(url: str, upto: int) -> float:
    """Seconds from the first fact taken up to the last one committed."""
    with runner(url) as running:
        running.wait(upto, timeout=LIMIT)
        view = running.view
    return view.ended - view.began


@contextmanager
def runner(url: str) -> Iterator[ProjectionRunner[Parcels, Tracks]]:
    with ProjectionRunner(
        application_class=Parcels, projection_class=TrackParcels, view_class=Tracks, env=env(url)
    ) as running:
        yield running
