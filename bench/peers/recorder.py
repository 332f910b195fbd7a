"""The recorder of `eventsourcing`: one transaction for each append, behind a lock of the table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from kernel.store import Append


def parts(url: str) -> Mapping[str, str]:
    at = urlsplit(url)
    named = {"dbname": at.path.removeprefix("/"), "host": at.hostname, "port": str(at.port)}
    named |= {"user": at.username, "password": unquote(at.password or "")}
    return {name: value or "" for name, value in named.items()}


@contextmanager
def recorder(url: str, pool: int) -> Iterator[PostgresApplicationRecorder]:
    """Its connections are open before anything is measured, as ours are."""
    at: Mapping[str, Any] = parts(url)
    with PostgresDatastore(**at, pool_size=pool) as store:
        store.pool.open(wait=True)
        made = PostgresApplicationRecorder(store)
        made.create_table()
        yield made


def stored(item: Append) -> Sequence[StoredEvent]:
    """The same facts, without what the kernel keeps beside them."""
    key = UUID(item.key)
    return [
        StoredEvent(key, version, f"bench.parcels:{fact.type}", fact.data)
        for version, fact in enumerate(item.facts, item.expected + 1)
    ]
