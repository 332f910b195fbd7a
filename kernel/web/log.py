"""Logs as JSON lines that say what to do; a library in distress may not flood them."""

import logging
import sys
import time
from io import TextIOWrapper
from pathlib import Path

import orjson
import structlog

NOISY = ("aiokafka", "faststream")
QUIET_FOR = 30.0
"""Seconds between two equal lines of a library: in an outage aiokafka writes hundreds a second."""


class Seldom(logging.Filter):
    """Lets the same line of code speak once in a while."""

    def __init__(self) -> None:
        super().__init__()
        self.spoke: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        where, now = (record.pathname, record.lineno), time.monotonic()
        if now - self.spoke.get(where, -QUIET_FOR) < QUIET_FOR:
            return False
        self.spoke[where] = now
        return True


def configure(level: int = logging.INFO, to: Path | None = None) -> None:
    """Called once by whoever starts the process. `to`: a file, where a person reads the screen."""
    out = to.open("ab", buffering=0) if to else sys.stdout.buffer
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(out),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(TextIOWrapper(out, write_through=True))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    handler.addFilter(lambda record: not record.name.startswith(NOISY) or seldom.filter(record))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


seldom = Seldom()


def _json(event: object, **_more: object) -> bytes:
    # A dataclass as its repr, which says no more than its class wants: a sealed text hides itself.
    return orjson.dumps(event, default=str, option=orjson.OPT_PASSTHROUGH_DATACLASS)
