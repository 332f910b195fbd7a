"""A whole city on this machine, from its servers to its people."""

import asyncio
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from kernel.web.build import server
from kernel.web.log import configure
from registry.settings import city_settings
from trial import founding, living, serving
from trial.preparing import services
from trial.servers.ports import is_free
from trial.stack import Stack
from trial.trouble import Trouble

say = Console(stderr=False, highlight=False)


def up(data: Path, port: int, empty: bool = False) -> None:
    must_be_free(port)
    began, stack = time.monotonic(), Stack(data.resolve(), port, tell)
    try:
        os.environ.update(stack.start())
        configure(to=stack.folder / "mazha.log")
        asyncio.run(run(stack, began, empty))
    finally:
        tell("stopping; everything is kept")
        stack.stop()


def fresh(data: Path, port: int, empty: bool = False) -> None:
    must_be_free(port)
    stack = Stack(data.resolve(), port, tell)
    stack.wipe()
    shutil.rmtree(stack.folder, ignore_errors=True)
    up(data, port, empty)


def must_be_free(port: int) -> None:
    if not is_free(port):
        raise Trouble(f"port {port} is taken; stop what uses it, or say MAZHA_PORT=8001")


async def run(stack: Stack, began: float, empty: bool) -> None:
    """Serves until it is told to stop; a new city is founded before, and filled meanwhile."""
    names, settled = services(), stack.folder / "settled"
    if not settled.exists():
        tell("founding the city: 1,303 divisions of Lanzhou")
        await founding.set_clocks([city_settings(name) for name in names])
        await founding.found(founding.ADMIN_PASSWORD)
    web = server(serving.city(serving.built(names)), "127.0.0.1", stack.port)
    serving_it = asyncio.create_task(web.serve())
    try:
        await living.ready(stack.port, names)
        if not settled.exists():
            await living.fill(stack.port, tell, empty)
            settled.touch()
        announce(stack.folder, stack.port, time.monotonic() - began)
        await serving_it
    except BaseException:
        web.should_exit = True
        await serving_it
        raise


def announce(folder: Path, port: int, seconds: float) -> None:
    here = f"http://127.0.0.1:{port}"
    say.print(f"\nMazha 马扎 is up after {seconds:.0f} s. Ctrl-C stops it.\n")
    addresses: Mapping[str, str] = {
        "residents": f"{here}/",
        "staff": f"{here}/console/sign-in   (choose a seat, or {founding.ADMIN} / "
        f"{founding.ADMIN_PASSWORD})",
        "the clock": f"{here}/trial/clock",
        "text messages": f"{here}/trial/sms",
        "interfaces": f"{here}/api/intake/openapi.json   (and routing, meetings, …)",
        "the log": str(folder / "mazha.log"),
    }
    for what, where in addresses.items():
        say.print(f"  {what:<14} {where}")


def tell(words: str) -> None:
    say.print(f"· {words}")
