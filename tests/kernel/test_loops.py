"""A loop ends when it is ended, and for nothing else."""

import asyncio

import pytest

from kernel.loops import Wake, end, run
from kernel.proof.heads import Damaged


async def cancelled_elsewhere() -> int:
    """As a library that cancels a task of its own and awaits it."""
    raise asyncio.CancelledError


async def test_the_end_of_another_task_does_not_end_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.loops.FIRST_PAUSE", 0.0)
    again, ends = asyncio.Event(), [cancelled_elsewhere()]

    async def step() -> int:
        if ends:
            return await ends.pop()
        again.set()
        return 0

    loop = asyncio.create_task(run("step", step, Wake()))
    await asyncio.wait_for(again.wait(), 10)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(loop, 10)


async def test_what_is_ended_ends_though_an_error_took_the_place_of_the_end() -> None:
    """A rollback that fails while its task is ended."""
    begun = asyncio.Event()

    async def step() -> int:
        try:
            begun.set()
            await asyncio.sleep(60)
        finally:
            raise ConnectionError("the rollback failed")

    loop = asyncio.create_task(run("step", step, Wake()))
    await asyncio.wait_for(begun.wait(), 10)
    await asyncio.wait_for(end([loop], again=0.1), 10)
    assert loop.cancelled()


async def test_a_mark_that_a_task_group_left_ends_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.loops.FIRST_PAUSE", 0.0)
    times = 0

    async def failing() -> None:
        await asyncio.sleep(0)
        raise ConnectionError("away")

    async def step() -> int:
        nonlocal times
        times += 1
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
        return 0

    loop = asyncio.create_task(run("step", step, Wake()))
    while times < 3:
        await asyncio.sleep(0.01)
        assert not loop.done()
    await asyncio.wait_for(end([loop], again=0.02), 10)


async def test_what_no_waiting_mends_is_said_with_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = asyncio.Event()

    async def step() -> int:
        if said.is_set():
            return 0
        said.set()
        raise Damaged("seq 7", "is missing")

    loop = asyncio.create_task(run("sign", step, Wake()))
    await asyncio.wait_for(said.wait(), 10)
    await asyncio.sleep(0)
    loop.cancel()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "sign" in line]
    assert "critical" in line
    assert "keep this store as it is" in line
