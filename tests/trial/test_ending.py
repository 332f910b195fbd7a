"""Whoever asks `mazha` to end is obeyed: no thread that once helped a request keeps it alive."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, os, sys
from anyio.to_thread import run_sync
from kernel.web.build import server
from trial.command import ends_by_signal
from trial.servers.ports import any_free

async def nothing(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})

async def run():
    web = server(nothing, "127.0.0.1", any_free())
    serving = asyncio.create_task(web.serve())
    try:
        await run_sync(int)
        while not web.started:
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), int(sys.argv[1]))
        await serving
    except BaseException:
        web.should_exit = True
        await serving
        raise

with ends_by_signal():
    asyncio.run(run())
"""
"""As `up` does it, without its servers."""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_city_that_has_used_threads_ends_by_signal(name: str) -> None:
    number = str(int(signal.Signals[name]))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, number], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
