"""The working days that ship with the program, until directory publishes others."""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from contracts.calendar import Calendar

TABLE = Path(__file__).with_name("working-days-2024-2026.csv")


@cache
def shipped() -> Calendar:
    days = [(date.fromisoformat(row["date"]), row["off"] == "true") for row in rows()]
    return Calendar.of(f"cn-{max(day for day, _ in days).year}", days)


@cache
def names() -> Mapping[date, str]:
    """What a day off or a make-up day is for."""
    return {date.fromisoformat(row["date"]): row["name"] for row in rows()}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
