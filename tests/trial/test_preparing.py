"""What a city without a trial needs before its services start: tables, topics, a first account."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.wire.topics import topic_ids
from registry.settings import city_settings
from tests.journeys.alone import Place, clean
from trial.keys import public
from trial.preparing import ALL, TOPICS
from trial.servers import Kafka, Postgres

MAZHA = Path(sys.executable).with_name("mazha")
NOWHERE = "127.0.0.1:1"


def mazha(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    call, env = [str(MAZHA), *words], {**clean(Path.cwd()), **given}
    return subprocess.run(call, env=env, capture_output=True, text=True)


@pytest.fixture
def empty(postgres: Postgres, prefix: str) -> Iterator[str]:
    """The name of a database that nobody has prepared."""
    postgres.create_database(prefix)
    yield prefix
    postgres.drop_database(prefix)


@pytest.mark.connected
def test_a_database_is_made_ready_and_the_city_founded_in_it(
    postgres: Postgres, empty: str, tmp_path: Path
) -> None:
    given = Place(NOWHERE, "").environment("directory", postgres.url(empty), tmp_path)
    for _ in range(2):
        done = mazha("migrate", "directory", **given)
        assert (done.stdout, done.stderr) == ("tables are up to date: directory\n", "")
    simple = mazha("found", "--password", "mazha", **given)
    assert (simple.returncode, simple.stdout) == (1, "")
    assert "at least 10" in simple.stderr
    password = {"MAZHA_ADMIN_PASSWORD": "Of-their-0wn"}
    for opened in (1_303, 0):
        done = mazha("found", **given, **password)
        assert done.stdout == f"{opened} divisions are opened; admin may sign in\n", done.stderr
    told = "select count(*) from kernel.events where type = 'OrganisationOpened'"
    assert postgres.sql(told, empty).strip() == "1303"
    assert postgres.sql("select login from directory.credentials", empty).strip() == "admin"


@pytest.mark.connected
async def test_topics_are_made_once(kafka: Kafka, prefix: str) -> None:
    given = {"MAZHA_KAFKA": kafka.bootstrap, "MAZHA_TOPIC_PREFIX": prefix}
    names = [prefix + name for name in TOPICS]
    made = mazha("topics", "--partitions", "1", **given)
    assert (made.stdout, made.stderr) == (f"topics are there: {', '.join(names)}\n", "")
    ids = await topic_ids(kafka.bootstrap, names)
    assert mazha("topics", **given).returncode == 0
    assert await topic_ids(kafka.bootstrap, names) == ids


@pytest.mark.connected
def test_trouble_with_a_server_is_one_line(postgres: Postgres) -> None:
    away = mazha("topics", MAZHA_KAFKA=NOWHERE)
    assert (away.returncode, away.stderr.count("\n")) == (1, 1), away.stderr
    assert away.stderr.startswith(f"kafka: {NOWHERE} does not answer")
    for url in (postgres.url("nowhere"), f"postgresql://{NOWHERE}/x"):
        none = mazha("migrate", "intake", MAZHA_INTAKE_DATABASE_URL=url)
        assert (none.returncode, none.stderr.count("\n")) == (1, 1), none.stderr
        assert none.stderr.startswith("intake: its database takes no tables: ")


def test_a_database_without_an_address_is_named() -> None:
    done = mazha("migrate", "intake", "audit", MAZHA_AUDIT_DATABASE_URL="postgresql://x")
    assert (done.returncode, done.stderr) == (1, "MAZHA_INTAKE_DATABASE_URL: Field required\n")


def test_new_keys_open_a_city_that_is_no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    said = mazha("keys").stdout
    for line in shlex.split(said):
        monkeypatch.setenv(*line.split("=", 1))
    monkeypatch.setenv("MAZHA_KAFKA", NOWHERE)
    for name in ALL:
        monkeypatch.setenv(f"MAZHA_{name.upper()}_DATABASE_URL", "postgresql://x")
        settings = city_settings(name)
        assert not settings.trial
        assert settings.service_keys[name] == public(settings.signing_key)
    assert city_settings("directory").staff_key == public(city_settings("directory").signing_key)
    assert not set(shlex.split(said)) & set(shlex.split(mazha("keys").stdout))
