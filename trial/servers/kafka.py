"""One Kafka node without Docker and ZooKeeper: broker and controller in one Java process."""

import base64
import shutil
import socket
import struct
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from trial.trouble import Trouble

from . import jars, java, ports
from .kafka_files import LOG4J, properties
from .server import Server, environment, held, last_words

QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:cds=off", "-Xlog:cds+dynamic=off")


class Kafka(Server):
    name = "kafka"
    logs = ("kafka.log", "broker.log")
    port_count = 2  # one for clients, one for the controller

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        cache: Path = jars.CACHE,
        heap: str = "256m",
        flags: Sequence[str] | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        """`extra` are lines for server.properties; `flags` replace the JVM's class archive."""
        super().__init__(folder, port)
        self._cache = cache.resolve()
        self._heap = heap
        self._flags = flags
        self._extra = extra or {}

    @property
    def bootstrap(self) -> str:
        return f"{ports.HOST}:{self.port}"

    def _prepare(self, taken: Sequence[int]) -> Sequence[str]:
        machine = java.find()
        class_path = ":".join(map(str, jars.ready(self._cache)))
        flags = archive(machine, self._cache) if self._flags is None else self._flags
        self._write_files(taken)
        command = [str(machine.program), f"-Xmx{self._heap}", *QUICK, *flags]
        command += ["-Dlog4j2.configurationFile=log4j2.properties", "-cp", class_path]
        self._format(command)
        return [*command, "kafka.Kafka", "server.properties"]

    def _write_files(self, taken: Sequence[int]) -> None:
        client, controller = taken
        self._check_age()
        (self.folder / "log4j2.properties").write_text(LOG4J)
        text = properties(client, controller, self._extra)
        (self.folder / "server.properties").write_text(text)
        fresh = properties(client, controller, {**self._extra, "log.dirs": "formatting"})
        (self.folder / "format.properties").write_text(fresh)

    def _check_age(self) -> None:
        """A broker cannot read what a later one wrote, and says so in a hundred lines."""
        path = self.folder / "version"
        written = path.read_text() if path.exists() else jars.VERSION
        if parts(written) > parts(jars.VERSION):
            raise Trouble(
                f"kafka: {self.folder} was written by Kafka {written}, "
                f"which {jars.VERSION} cannot read; wipe it"
            )
        path.write_text(jars.VERSION)

    def _format(self, command: Sequence[str]) -> None:
        """Beside its place, then moved: a folder is formatted whole or not at all."""
        data, fresh = self.folder / "data", self.folder / "formatting"
        if (data / "meta.properties").exists():
            return
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)  # without that file no broker can read it
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "-c", "format.properties"]
        done = subprocess.run(
            [*command, *tool, "-t", new_cluster_id()],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise Trouble(
                f"kafka: cannot format {self.folder}: {last_words(done.stdout + done.stderr)}"
            )
        fresh.rename(data)

    def _is_ready(self) -> bool:
        """Our cluster's id in the answer tells our broker from another one on a stolen port."""
        return self._cluster_id().encode() in metadata(self.port)

    def _cluster_id(self) -> str:
        rows = (self.folder / "data" / "meta.properties").read_text().splitlines()
        return next(row.removeprefix("cluster.id=") for row in rows if row.startswith("cluster.id"))


def archive(machine: java.Java, cache: Path) -> Sequence[str]:
    """Flags for classes stored ready to run, made once per Java: starts take half the time."""
    folder = jars.folder(cache)
    base, top = folder / f"java-{machine.build}.jsa", folder / f"kafka-{machine.build}.jsa"
    with held(cache / "archive.lock"):
        if not machine.has_archive and not base.exists():
            fresh = base.with_suffix(".fresh")
            dump = [str(machine.program), "-Xshare:dump", f"-XX:SharedArchiveFile={fresh}"]
            subprocess.run(dump, capture_output=True)
            move_if_made(fresh, base)
        stack = [base] if base.exists() else []
        if not top.exists():
            fresh = top.with_suffix(".fresh")
            record(cache, [*shared(stack), f"-XX:ArchiveClassesAtExit={fresh}"])
            move_if_made(fresh, top)
    return shared([*stack, top]) if top.exists() else []


def move_if_made(fresh: Path, final: Path) -> None:
    """A dump that was cut short never bears the final name; without one, starts are just slower."""
    if fresh.exists():
        fresh.rename(final)


def shared(stack: Sequence[Path]) -> list[str]:
    return [f"-XX:SharedArchiveFile={':'.join(map(str, stack))}", "-Xshare:auto"] if stack else []


def record(cache: Path, flags: Sequence[str]) -> None:
    """A broker that only starts and stops, to write down which classes that needs."""
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        broker = Kafka(Path(folder), cache=cache, flags=flags)
        try:
            broker.start().stop(limit=60)
        finally:
            broker.kill()


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.strip().split(".") if part.isdigit())


def new_cluster_id() -> str:
    """As Kafka makes them; one that begins with a dash would be read as an option."""
    return "A" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[1:22]


def metadata(port: int) -> bytes:
    """The answer to a Metadata request (key 3, version 2, no topics), or nothing.

    It lists a broker only once that broker takes requests.
    """
    body = struct.pack(">hhih2si", 3, 2, 1, 2, b"up", 0)
    try:
        with socket.create_connection((ports.HOST, port), timeout=1) as wire:
            wire.sendall(struct.pack(">i", len(body)) + body)
            reader = wire.makefile("rb")
            answer = reader.read(*struct.unpack(">i", reader.read(4)))
    except (OSError, struct.error):
        return b""
    return answer if answer[4:8] > b"\0\0\0\0" else b""
