"""On what the figures were taken: without it they say nothing."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import psutil

from trial.servers import Postgres, jars

PACKAGES = ("eventsourcing", "psycopg", "asyncpg", "sqlalchemy", "aiokafka", "faststream")

Machine = dict[str, str]


def machine(postgres: Postgres) -> Machine:
    memory = psutil.virtual_memory().total / 2**30
    return {
        "machine": f"{os.cpu_count()} cores ({processor()}), {memory:.0f} GiB, {platform.system()}",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "PostgreSQL": f"{postgres.sql('show server_version').strip()} with its default settings",
        "Kafka": jars.VERSION,
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def processor() -> str:
    info = Path("/proc/cpuinfo")
    found = (
        re.search(r"^model name\s*: (.+)$", info.read_text(), re.MULTILINE)
        if info.exists()
        else None
    )
    return found[1].strip() if found else platform.processor() or platform.machine()
