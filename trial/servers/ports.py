"""Which TCP ports a server takes on the loopback address."""

import secrets
import socket
from collections.abc import Sequence

HOST = "127.0.0.1"

# Below the range from which systems pick the near end of outgoing connections: a client that
# keeps dialling a dead server there may be given that very port, connect to itself and hold it.
RANGE = range(15_000, 32_000)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Servers set this too: a port that only waits out old connections is free for them.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def any_free() -> int:
    """Not from `random`, whose seed test runs share between their processes."""
    while True:
        port = secrets.choice(RANGE)
        if is_free(port):
            return port


def keep(last: Sequence[int], count: int) -> list[int]:
    """The ports of last time, unless somebody else has taken one of them since."""
    if len(last) == count and all(map(is_free, last)):
        return list(last)
    return [any_free() for _ in range(count)]
