"""Several clients at once, as tasks or as threads; each goes on as soon as it has its answer."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bench.figures import Latencies, micros, pooled

T = TypeVar("T")


async def tasks(work: Sequence[Sequence[T]], do: Callable[[T], Awaitable[object]]) -> Latencies:
    async def client(items: Sequence[T]) -> Latencies:
        took: Latencies = Counter()
        for item in items:
            started = time.perf_counter()
            await do(item)
            took[micros(time.perf_counter() - started)] += 1
        return took

    return pooled(await asyncio.gather(*map(client, work)))


async def threads(work: Sequence[Sequence[T]], do: Callable[[T], object]) -> Latencies:
    def client(items: Sequence[T]) -> Latencies:
        took: Latencies = Counter()
        for item in items:
            started = time.perf_counter()
            do(item)
            took[micros(time.perf_counter() - started)] += 1
        return took

    def all_clients() -> Latencies:
        with ThreadPoolExecutor(len(work)) as pool:
            return pooled(list(pool.map(client, work)))

    return await asyncio.to_thread(all_clients)
