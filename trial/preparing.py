"""What services need before they start: tables of their own, and the topics of all."""

import logging
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError
from sqlalchemy.exc import SQLAlchemyError

from trial.trouble import Trouble

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


def services() -> list[str]:
    """Those that this copy of the program has."""
    return [name for name in ALL if folder_of(name) and find_spec(f"services.{name}.app")]


def folder_of(service: str) -> Path | None:
    found = find_spec(f"services.{service}")
    places = list(found.submodule_search_locations or []) if found else []
    return Path(places[0]) if places else None


async def migrate(urls: Mapping[str, str]) -> None:
    """By service. What is up to date stays as it is."""
    from kernel.migrations.install import install  # and with it Alembic, that no service needs

    for name, url in urls.items():
        here = folder_of(name)
        try:
            await install(url, here / "migrations" if here else None)
        except (OSError, SQLAlchemyError) as error:
            said = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise Trouble(f"{name}: its database takes no tables: {said}") from error


async def make_topics(
    broker: str,
    names: Sequence[str] = tuple(TOPICS),
    prefix: str = "",
    partitions: int = PARTITIONS,
    replicas: int = 1,
) -> None:
    """Those that are there already stay as they are."""
    wanted = [
        NewTopic(prefix + name, partitions, replicas, topic_configs=dict(TOPICS[name]))
        for name in names
    ]
    if wrong := [e for e in await created(broker, wanted) if e[1] not in (0, EXISTS)]:
        raise Trouble(f"kafka: cannot make the topics {', '.join(e[0] for e in wrong)}")


async def created(broker: str, wanted: Sequence[NewTopic]) -> Sequence[Any]:
    """Each by its name, with the code of Kafka's answer."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what matters is raised
    admin = AIOKafkaAdminClient(bootstrap_servers=broker)
    try:
        await admin.start()
        answer: Any = await admin.create_topics(list(wanted))
    except KafkaError as error:
        raise Trouble(f"kafka: {broker} does not answer: {type(error).__name__}") from error
    finally:
        await admin.close()
    errors: Sequence[Any] = answer.topic_errors
    return errors
