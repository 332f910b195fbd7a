"""A line that can be cut or go silent: a TCP proxy on a port of its own."""

import asyncio
from contextlib import suppress


class Proxy:
    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.flows = asyncio.Event()
        self.flows.set()
        self.refusing = False
        self.tasks: set[asyncio.Task[None]] = set()
        self.writers: set[asyncio.StreamWriter] = set()

    async def start(self, listen: int = 0) -> int:
        self.server = await asyncio.start_server(self._meet, "127.0.0.1", listen)
        return int(self.server.sockets[0].getsockname()[1])

    async def _meet(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.refusing:
            back.close()
            return
        try:
            there, forth = await asyncio.open_connection(self.host, self.port)
        except OSError:
            back.close()
            return
        self.writers |= {back, forth}
        for pair in ((here, forth), (there, back)):
            task = asyncio.create_task(self._pass(*pair))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                await self.flows.wait()
                target.write(data)
                await target.drain()
        target.close()

    def silence(self) -> None:
        """Both ends believe the line is fine, and nothing comes."""
        self.flows.clear()

    def flow(self) -> None:
        self.refusing = False
        self.flows.set()

    def cut(self) -> None:
        """Every connection breaks at once, and no new one is taken."""
        self.refusing = True
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    async def stop(self) -> None:
        self.cut()
        self.server.close()
        for task in list(self.tasks):
            task.cancel()
