"""Processes that are born with everything imported: a start would cost ten times a birth."""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

MOTHER = multiprocessing.get_context("forkserver")
MOTHER.set_forkserver_preload(["__main__", "tests.faults.node", "tests.faults.rebuilder"])


def born(
    work: Callable[..., None], *arguments: str, log: Path, env: Mapping[str, str] = os.environ
) -> BaseProcess:
    """Runs `work` in a process of its own, whose output goes to `log`."""
    child = MOTHER.Process(target=live, args=(work, arguments, log, dict(env)), daemon=True)
    child.start()
    return child


def live(
    work: Callable[..., None], arguments: tuple[str, ...], log: Path, env: Mapping[str, str]
) -> None:
    os.environ.clear()
    os.environ.update(env)
    with log.open("ab") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    work(*arguments)
