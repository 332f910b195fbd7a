"""What services stand on in a trial: two servers, a store and a role each, and the topics."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from kernel.migrations.install import install
from trial.keys import keys
from trial.servers import Kafka, Postgres, Trouble

ALL = ("intake", "routing", "meetings", "notify", "directory", "audit")
PARTITIONS = 12
TOPICS: Mapping[str, Mapping[str, str]] = {
    "issue.events.v1": {},
    "meeting.events.v1": {},
    "duty.events.v1": {},
    "notice.events.v1": {},
    "directory.events.v1": {},
    "audit.events.v1": {},
    "keys.v1": {"cleanup.policy": "compact", "max.compaction.lag.ms": "86400000"},
    "heads.v1": {},
}
EXISTS = 36
"""Kafka's answer when a topic is there already."""
Tell = Callable[[str], None]


def services() -> list[str]:
    """Those that this copy of the program has."""
    return [name for name in ALL if folder_of(name) and find_spec(f"services.{name}.app")]


def folder_of(service: str) -> Path | None:
    found = find_spec(f"services.{service}")
    places = list(found.submodule_search_locations or []) if found else []
    return Path(places[0]) if places else None


@dataclass(frozen=True)
class Stack:
    """`folder` keeps all of it; `tell` says how far it is."""

    folder: Path
    port: int
    tell: Tell

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.folder / "postgres")

    @property
    def kafka(self) -> Kafka:
        return Kafka(self.folder / "kafka")

    def start(self) -> Mapping[str, str]:
        """The environment in which the services find it all."""
        self.tell("starting PostgreSQL and Kafka")
        with ThreadPoolExecutor(2) as pool:
            postgres, kafka = pool.submit(self.postgres.start), pool.submit(self.kafka.start)
            urls = self.stores(postgres.result())
            broker = kafka.result().bootstrap
        asyncio.run(self.prepare(urls, broker))
        return self.environment(urls, broker)

    def stores(self, postgres: Postgres) -> Mapping[str, str]:
        """A database for each service, whose role may open no other."""
        return {name: self.store(postgres, name) for name in services()}

    def store(self, postgres: Postgres, service: str) -> str:
        name, kept = f"mazha_{service}", self.folder / f"{service}.password"
        if not kept.exists():
            postgres.drop_database(name)  # a start may have been cut short here
            postgres.sql(f"drop role if exists {name}")
            password = secrets.token_hex(16)
            postgres.create_role(name, password)
            postgres.create_database(name, owner=name)
            postgres.sql(f"revoke connect on database {name} from public")
            kept.touch(mode=0o600)
            kept.write_text(password)
        secret = kept.read_text()
        return postgres.url(name, user=name, password=secret, driver="postgresql+asyncpg")

    async def prepare(self, urls: Mapping[str, str], broker: str) -> None:
        self.tell("preparing stores and topics")
        for name, url in urls.items():
            here = folder_of(name)
            await install(url, here / "migrations" if here else None)
        await make_topics(broker)

    def environment(self, urls: Mapping[str, str], broker: str) -> Mapping[str, str]:
        here = f"http://127.0.0.1:{self.port}"
        stores = {f"MAZHA_{name.upper()}_DATABASE_URL": url for name, url in urls.items()}
        return {
            **keys(list(urls)),
            **stores,
            "MAZHA_KAFKA": broker,
            "MAZHA_DATA": str(self.folder / "files"),
            "MAZHA_TRIAL": "true",
            "MAZHA_INTERNAL_URL": here,
            "MAZHA_PUBLIC_URL": here,
        }

    def stop(self) -> None:
        """Kafka first: it takes longer, and nothing waits for it."""
        self.kafka.stop()
        self.postgres.stop()

    def wipe(self) -> None:
        self.kafka.wipe()
        self.postgres.wipe()


async def make_topics(broker: str, names: Sequence[str] = tuple(TOPICS)) -> None:
    wanted = [NewTopic(name, PARTITIONS, 1, topic_configs=dict(TOPICS[name])) for name in names]
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    await admin.start()
    try:
        answer: Any = await admin.create_topics(wanted)
    finally:
        await admin.close()
    if wrong := [error for error in answer.topic_errors if error[1] not in (0, EXISTS)]:
        raise Trouble(f"kafka: cannot make the topics {', '.join(e[0] for e in wrong)}")
