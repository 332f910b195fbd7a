"""PostgreSQL and Kafka on this machine without Docker, for the trial and the tests."""

from trial.trouble import Trouble

from .kafka import Kafka
from .postgres import Postgres
from .server import Server

__all__ = ["Kafka", "Postgres", "Server", "Trouble"]
