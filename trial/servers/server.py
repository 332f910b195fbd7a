"""A server process that lives in a folder and may outlive the program that started it."""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, ClassVar, NamedTuple, Self

import psutil

from trial.trouble import Trouble

from . import ports

BAD = ("FATAL", "ERROR", "Exception")


class Seen(NamedTuple):
    """What a start left in the folder; it stays there so that a restart keeps its ports."""

    pid: int
    started: float
    ports: list[int]


class Server(ABC):
    """Every method blocks: from a coroutine call it through `asyncio.to_thread`."""

    name: ClassVar[str]
    logs: ClassVar[tuple[str, ...]]
    port_count: ClassVar[int] = 1
    polite: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path, port: int | None) -> None:
        self.folder = folder.resolve()
        self._wanted_port = port

    @property
    def port(self) -> int:
        seen = self._seen()
        if seen is None:
            raise Trouble(f"{self.name}: was never started in {self.folder}")
        return seen.ports[0]

    @property
    def running(self) -> bool:
        return self._process() is not None

    def start(self, limit: float = 60) -> Self:
        """Start it, or join the one that another program has started in the same folder."""
        with held(self.folder / "lock"):
            if not self._join():
                self._launch(limit)
        return self

    def stop(self, limit: float = 20) -> None:
        """Ask it to end, and insist once the limit has passed."""
        if (process := self._process()) is None:
            return
        self.resume()
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(self.polite)
        await_end([process], limit)
        self.kill()

    def kill(self) -> None:
        """End it as a power cut would, with all its children."""
        tree = self._signal_tree(signal.SIGSTOP)  # frozen, a parent makes no more children
        for process in reversed(tree):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        await_end(tree, 20)

    def pause(self) -> None:
        self._signal_tree(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_tree(signal.SIGCONT)

    def wipe(self) -> None:
        """Stop it and forget everything that it kept."""
        if not self.folder.exists():
            return
        with held(self.folder / "lock"):
            self.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def _prepare(self, taken: Sequence[int]) -> Sequence[str]:
        """Make the folder ready for a start on these ports; answer the command line."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether this very server answers, not a stranger on its port."""

    def _seen(self) -> Seen | None:
        try:
            return Seen(*json.loads((self.folder / "server.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _process(self) -> psutil.Process | None:
        """The process that was started here, if it still lives and its number was not reused."""
        if (seen := self._seen()) is None:
            return None
        try:
            process = psutil.Process(seen.pid)
            same = abs(process.create_time() - seen.started) < 2  # clocks are set now and then
        except psutil.NoSuchProcess:
            return None
        return process if same and not has_ended(process) else None

    def _signal_tree(self, what: signal.Signals) -> list[psutil.Process]:
        """Parents first, so that a stopped one cannot answer for its children."""
        if (process := self._process()) is None:
            return []
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(what)
            tree = [process, *process.children(recursive=True)]
            for child in tree[1:]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.send_signal(what)
            return tree
        return []

    def _join(self) -> bool:
        """A server that lives but does not answer was left half-way: it makes room."""
        deadline = time.monotonic() + 5
        while self.running and time.monotonic() < deadline:
            if self._is_ready():
                self._check_port_of_running()
                return True
            time.sleep(0.05)
        self.kill()
        return False

    def _check_port_of_running(self) -> None:
        if self._wanted_port not in (None, self.port):
            raise Trouble(f"{self.name}: already runs in {self.folder} on port {self.port}")

    def _choose_ports(self) -> list[int]:
        seen = self._seen()
        chosen = ports.keep(seen.ports if seen else [], self.port_count)
        if self._wanted_port is None:
            return chosen
        if not ports.is_free(self._wanted_port):
            raise Trouble(f"{self.name}: port {self._wanted_port} is taken by another program")
        return [self._wanted_port, *chosen[1:]]

    def _launch(self, limit: float) -> None:
        chosen = self._choose_ports()
        command = self._prepare(chosen)
        process = self._spawn(command)
        seen = Seen(process.pid, process.create_time(), chosen)
        (self.folder / "server.json").write_text(json.dumps(seen))
        self._await_ready(time.monotonic() + limit)

    def _spawn(self, command: Sequence[str]) -> psutil.Process:
        for path in self._logs():
            if path.exists():
                path.replace(f"{path}.old")
        with self._logs()[0].open("wb") as log:
            child = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is not meant for it
                env=environment(),
            )
        child.returncode = 0  # psutil watches it from here; Popen would complain that it lives on
        return psutil.Process(child.pid)

    def _await_ready(self, deadline: float) -> None:
        while not self._is_ready():
            if not self.running:
                raise Trouble(f"{self.name}: ended while starting: {self._last_words()}")
            if time.monotonic() > deadline:
                self.kill()
                raise Trouble(f"{self.name}: not ready in time; see {self._logs()[-1]}")
            time.sleep(0.02)

    def _logs(self) -> list[Path]:
        """What it prints, then what it writes itself; those of the run before end in .old."""
        return [self.folder / name for name in self.logs]

    def _last_words(self) -> str:
        texts = (path.read_text(errors="replace") for path in self._logs() if path.exists())
        return f"{last_words(''.join(texts))} (see {self.folder})"


def last_words(text: str) -> str:
    """The line of a log that a person should read: of Java's causes, the root."""
    said = text.splitlines()
    bad = [line for line in said if any(sign in line for sign in BAD)]
    return (bad or said or ["it said nothing"])[-1].strip()


def has_ended(process: psutil.Process) -> bool:
    """A zombie has, for whoever started it may never ask for its exit code; but one that still
    has threads holds its ports a little longer."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
    except psutil.NoSuchProcess:
        return True


def await_end(tree: Sequence[psutil.Process], limit: float) -> None:
    deadline = time.monotonic() + limit
    while not all(map(has_ended, tree)) and time.monotonic() < deadline:
        time.sleep(0.01)
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
            process.wait(0)  # takes the exit code if the process was ours


def environment() -> dict[str, str]:
    """Ours, in UTF-8: folders may have names that are not ASCII."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


@contextlib.contextmanager
def held(path: Path, shared: bool = False) -> Iterator[None]:
    """A file's lock, alone or with others. Of a file that was wiped while we waited it is none."""
    while True:
        with open_lock(path) as file:
            fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
            if not is_same_file(path, file):
                continue
            yield
            return


def open_lock(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w")
    except OSError as problem:
        raise Trouble(f"cannot write in {path.parent}: {problem.strerror}") from problem


def is_same_file(path: Path, file: IO[str]) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
