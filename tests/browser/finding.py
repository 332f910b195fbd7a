"""A Chromium and Chinese letters: the system's, else Debian's packages, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from functools import cache

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(Exception):
    """In one line what to do."""


@cache
def chromium() -> str | None:
    """The program, or None for the one that Playwright keeps itself."""
    if found := installed():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get") and add():
        return installed()
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, capture_output=True).returncode:
        raise NoBrowser(f"the tests find no browser: install {' and '.join(PACKAGES)}")
    return None


def installed() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def add() -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", "-qq", *command], env=quiet, capture_output=True)  # noqa: S607
        if done.returncode:
            return False
    return True
