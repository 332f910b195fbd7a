"""A client as light as can be, for it shares the machine with what it measures."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

LENGTH = re.compile(rb"^content-length: (\d+)\r$", re.IGNORECASE | re.MULTILINE)
LIMIT = 60.0


class Line:
    """One connection that is kept: a browser that sends form after form."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> "Line":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def post(self, path: str, body: bytes) -> bytes:
        """The answer, that must be 200. A server closes lines that were idle, and may do so while
        one begins to speak: then it is said again, which for a form is once."""
        try:
            return await self._post(path, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.writer.close()
            await self.open()
            return await self._post(path, body)

    async def _post(self, path: str, body: bytes) -> bytes:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: mazha\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        async with asyncio.timeout(LIMIT):
            said = await self.reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(said)
            answer = await self.reader.readexactly(int(length[1]) if length else 0)
        if not said.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {said[:12].decode()} {answer.decode()}")
        return answer


@asynccontextmanager
async def lines(port: int, count: int) -> AsyncIterator[Sequence[Line]]:
    found = [await Line(port).open() for _ in range(count)]
    try:
        yield found
    finally:
        for line in found:
            line.writer.close()
