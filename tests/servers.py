"""The pair of servers that one test run shares, and what tests ask of them."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kernel.migrations.install import install
from kernel.wire.topics import NoTopic, topic_ids
from trial.servers import Kafka, Postgres
from trial.servers.server import held

RUN = "MAZHA_TEST_RUN"  # names the run; workers of pytest-xdist inherit it
TEMPLATE = "template_of_tests"
FOLDERS = f"mazha-tests-{os.geteuid()}-"


SERVICES = Path(__file__).parents[1] / "services"


def make_template(url: str, own: Path | None = None) -> None:
    """Fill the database that every test's own database is copied from.

    In a thread, for an event loop may already run in this one.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, install(url.replace("://", "+asyncpg://", 1), own)).result()


def template_of(server: Postgres, service: str) -> str:
    """The name of a template that has the tables of this service, too."""
    own, name = SERVICES / service / "migrations", f"{TEMPLATE}_{service}"
    if not own.is_dir():
        return TEMPLATE
    with held(run_folder() / "lock"):
        if not (done := run_folder() / f"has-template-{service}").exists():
            server.drop_database(name)
            server.create_database(name, template=TEMPLATE)
            make_template(server.url(name), own)
            done.touch()
    return name


def begin_run() -> bool:
    """Name this run; answer whether this process is the one that ends it."""
    if RUN in os.environ:
        return False
    me = psutil.Process()
    os.environ[RUN] = f"{me.pid}-{int(me.create_time())}"
    return True


def end_run() -> None:
    wipe(run_folder())
    del os.environ[RUN]


def run_folder() -> Path:
    return Path(tempfile.gettempdir(), FOLDERS + os.environ[RUN])


def shared_postgres() -> Postgres:
    """Careless of a machine's crash, so unfit for a test that kills it: such take their own."""
    folder = run_folder()
    with held(folder / "lock"):
        sweep()
        server = Postgres(folder / "postgres", durable=False).start()
        if not (done := folder / "has-template").exists():
            server.drop_database(TEMPLATE)  # another worker may have failed half-way
            server.create_database(TEMPLATE)
            make_template(server.url(TEMPLATE))
            done.touch()
    return server


def shared_kafka() -> Kafka:
    with held(run_folder() / "lock"):
        sweep()
    return Kafka(run_folder() / "kafka").start()


def sweep() -> None:
    """End what runs that were killed have left behind."""
    for folder in Path(tempfile.gettempdir()).glob(FOLDERS + "*"):
        pid, started = map(int, folder.name.removeprefix(FOLDERS).split("-"))
        if not lives(pid, started):
            wipe(folder)


def lives(pid: int, started: int) -> bool:
    try:
        return abs(psutil.Process(pid).create_time() - started) < 2
    except psutil.NoSuchProcess:
        return False


def wipe(folder: Path) -> None:
    from tests.journeys.trial import Trial  # which needs this module

    servers = (
        Trial(folder / "trial", None),
        Postgres(folder / "postgres"),
        Kafka(folder / "kafka"),
    )
    for server in servers:
        server.wipe()
    shutil.rmtree(folder, ignore_errors=True)


async def make_topics(
    bootstrap: str,
    names: Sequence[str],
    partitions: int = 12,
    configs: Mapping[str, str] | None = None,
) -> None:
    topics = [NewTopic(name, partitions, 1, topic_configs=dict(configs or {})) for name in names]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics(topics)
    finally:
        await admin.close()
    await seen(bootstrap, list(names))


async def seen(bootstrap: str, names: list[str]) -> None:
    """A broker that has just begun tells of a topic a moment after it made it."""
    for _ in range(50):
        with contextlib.suppress(NoTopic):
            await topic_ids(bootstrap, names)
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"never seen: {names}")
