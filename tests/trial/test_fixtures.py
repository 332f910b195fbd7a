"""What the shared fixtures promise to every test."""

import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from tests import servers
from tests.conftest import may_connect
from trial.servers import Kafka, Postgres


def test_a_plain_test_cannot_open_a_connection() -> None:
    with socket.socket() as caller, pytest.raises(RuntimeError, match="must be marked connected"):
        caller.connect(("127.0.0.1", 1))


def test_a_plain_test_cannot_listen() -> None:
    with socket.socket() as listener, pytest.raises(RuntimeError, match="must be marked"):
        listener.bind(("127.0.0.1", 0))


@pytest.mark.parametrize("name", ["postgres", "kafka", "database", "own_kafka"])
def test_a_plain_test_is_lent_no_server(request: pytest.FixtureRequest, name: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="must be marked"):
        request.getfixturevalue(name)


@pytest.mark.faults
def test_faults_may_connect(request: pytest.FixtureRequest) -> None:
    assert may_connect(request.node)


def test_each_test_has_a_prefix_of_its_own(prefix: str) -> None:
    assert prefix.isalnum()
    assert len(prefix) == 11


@pytest.mark.connected
def test_everybody_in_a_run_shares_one_pair(postgres: Postgres, kafka: Kafka) -> None:
    assert servers.shared_postgres().url() == postgres.url()
    assert servers.shared_kafka().bootstrap == kafka.bootstrap


@pytest.mark.connected
def test_what_a_killed_run_left_is_swept() -> None:
    run = psutil.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    folder = Path(tempfile.gettempdir(), f"{servers.FOLDERS}{run.pid}-{int(run.create_time())}")
    left = Postgres(folder / "postgres", durable=False).start()
    servers.sweep()
    assert left.running
    run.communicate(b"\n")
    servers.sweep()
    assert not left.running


@pytest.mark.faults
def test_a_test_may_kill_servers_of_its_own(own_postgres: Postgres, own_kafka: Kafka) -> None:
    own_postgres.kill()
    own_kafka.kill()
    assert not own_postgres.running
    assert not own_kafka.running
