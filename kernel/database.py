"""One PostgreSQL database: single statements commit by themselves, several share a transaction."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Row, TextClause, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

T = TypeVar("T")
Take = Callable[[CursorResult[Any]], T]

# No parallel workers: a page of a thousand rows is all that is ever read at once.
SESSION = {"jit": "off", "timezone": "UTC", "max_parallel_workers_per_gather": "0"}
PASSING = ("08", "40", "53", "55P03", "57", "25P03", "25P04", "25006")
"""SQLSTATEs that pass: connection, rollback, resources, lock, shutdown, idle, standby."""


class Database:
    """`pool` bounds the connections of this process, `limit` the seconds of a statement; after
    `lease` seconds a paused leader loses its transaction, and with it the lead."""

    def __init__(
        self, url: str, name: str = "mazha", pool: int = 5, limit: float = 60, lease: float = 60
    ) -> None:
        # Paused between asking for a plan and using it, a session does not count as idle.
        idle, most = (f"{int(s * 1000)}ms" for s in (lease, max(lease, limit)))
        ends = {"idle_in_transaction_session_timeout": idle, "transaction_timeout": most}
        session = {**SESSION, **ends, "application_name": name}
        self.engine: AsyncEngine = create_async_engine(
            url,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,  # a bound value could be a person's own words
            pool_size=pool,
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,
            connect_args={"timeout": 5, "command_timeout": limit, "server_settings": session},
        )
        event.listen(self.engine.sync_engine, "checkout", must_be_open)
        self.transactions = self.engine.execution_options(isolation_level="READ COMMITTED")

    async def all(self, sql: TextClause, **values: object) -> Sequence[Row[Any]]:
        return await self._ask(sql, values, CursorResult.all)

    async def one(self, sql: TextClause, **values: object) -> Row[Any]:
        return await self._ask(sql, values, CursorResult.one)

    async def do(self, sql: TextClause, values: Mapping[str, object] | None = None) -> int:
        """Rows touched."""
        return await self._ask(sql, values or {}, attrgetter("rowcount"))

    async def _ask(self, sql: TextClause, values: Mapping[str, object], take: Take[T]) -> T:
        def at_once() -> T:  # in one greenlet; SQLAlchemy's own way takes one for each step
            with self.engine.sync_engine.connect() as conn:
                return take(conn.execute(sql, values))

        said = await greenlet_spawn(at_once)
        await asyncio.sleep(0)  # who waits for a connection comes before our next statement
        return said

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        async with self.transactions.begin() as conn:
            yield conn

    async def close(self) -> None:
        await self.engine.dispose()


def must_be_open(connection: Any, *_: object) -> None:
    """One that the server ended while it lay idle is replaced before anybody meets it."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def spread(names: str, rows: Iterable[Sequence[object]]) -> dict[str, list[object]]:
    """Rows turned into the arrays that an `unnest` takes, one for each name."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names.split())
    return {name: list(column) for name, column in zip(names.split(), columns, strict=True)}


def sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def constraint(error: DBAPIError) -> str:
    cause = error.orig.__cause__ if error.orig else None
    return str(getattr(cause, "constraint_name", None) or "")


class Busy(Exception):
    """More waits than this process may hold, or it is not open yet: come again soon (503)."""


OURS = (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError, NotADirectoryError)
"""OSErrors that no network gives."""


def passes(error: BaseException) -> bool:
    """Whether the same statement may succeed later: the server is away, busy, or rolled us back."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(passes, error.exceptions))
    if isinstance(error, Busy | OSError | TimeoutError | PoolTimeout | InterfaceError):
        return not isinstance(error, OURS)
    if isinstance(error, DBAPIError):
        state = sqlstate(error)
        unsaid = isinstance(error, OperationalError) and not state
        return error.connection_invalidated or state.startswith(PASSING) or unsaid
    return False
