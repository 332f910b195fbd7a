"""What services stand on in a trial: two servers, a store and a role each, and the topics."""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from trial.keys import keys
from trial.preparing import make_topics, migrate, services
from trial.servers import Kafka, Postgres

Tell = Callable[[str], None]


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
        await migrate(urls)
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
