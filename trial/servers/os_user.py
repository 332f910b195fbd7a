"""Run a program as another user of the system, for PostgreSQL refuses to serve root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from trial.trouble import Trouble

SOMEBODY = "nobody"  # every system has it


def give(*paths: Path) -> None:
    """Hand files over to the user as whom the program will run."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(SOMEBODY)
        for path in paths:
            os.chown(path, user.pw_uid, user.pw_gid)


def as_somebody_else(data: Path, *needed: Path) -> list[str]:
    """The words to put before a command: none unless we are root.

    Existing data keep their owner. If the way to a needed path is closed to that user (a project
    below /root, say), the program may pass permissions, rather than we open the way for everybody.
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise Trouble("postgres: does not run as root, and setpriv (util-linux) is missing")
    user = data.stat().st_uid if data.exists() else pwd.getpwnam(SOMEBODY).pw_uid
    prefix = ["setpriv", f"--reuid={user}", f"--regid={group(user)}", "--clear-groups"]
    if all(may_enter(prefix, path) for path in needed):
        return prefix
    return [*prefix, "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]


def group(user: int) -> int:
    try:
        return pwd.getpwuid(user).pw_gid
    except KeyError:
        return user


def may_enter(prefix: list[str], path: Path) -> bool:
    return subprocess.run([*prefix, "test", "-x", path]).returncode == 0
