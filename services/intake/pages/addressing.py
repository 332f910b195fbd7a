"""Whom a form goes to: by the code that was scanned, or by what the resident picks on it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.intake import TargetLevel
from kernel.decider import Refused
from kernel.web.running import Running
from services.intake.pages.door import places
from services.intake.pages.places import Name, Places
from services.intake.projections.gate_code import gate as code_at_gate
from skin.forms import Fields
from skin.words import words

CITY = "兰州市"


@dataclass(frozen=True, slots=True)
class Gate:
    """Where somebody came in. Without `org` the form is the whole city's; `ended`: by a code that
    no longer opens any other."""

    org: str | None = None
    qr: UUID | None = None
    ended: bool = False


async def gate_of_qr(running: Running, qr: str) -> Gate:
    row, here = await code_at_gate(running.db, qr), await places(running)
    if row is None or row.revoked_at or not here.level(row.org):
        return Gate(ended=True)
    return Gate(row.org, UUID(row.qr_id))


async def gate_of_org(running: Running, org: str) -> Gate:
    here = await places(running)
    return Gate(org if here.level(org) in ("TOWN", "VILLAGE") else None)


def choices(here: Places, gate: Gate, typed: Fields) -> dict[str, Any]:
    """What the form says of its addressees and lets pick."""
    org = gate.org
    town = here.above(org, "TOWN") if org else None
    village = org if org and here.level(org) == "VILLAGE" else None
    asked = typed.get("community", "")
    return {
        "title": here.name(org) if org else CITY,
        "way": here.path(org) if org else [],
        "town": here.name(town) if town else "",
        "village": here.name(village) if village else "",
        "villages": here.below(town, "VILLAGE") if town and not village else [],
        "candidates": candidates(here, asked) if not org and asked else [],
    }


def candidates(here: Places, asked: str) -> list[tuple[str, str, str]]:
    found = here.find(asked) or here.alike(asked)
    return [(code, here.name(code), way(here.path(code))) for code in found]


def way(path: list[Name]) -> str:
    return " › ".join(name for _, name in path)


def addressee(here: Places, gate: Gate, fields: Fields) -> tuple[str, dict[str, str]]:
    """The organisation, or what is wrong at which field."""
    try:
        return org_of(here, gate, fields), {}
    except Refused as no:
        return "", {FIELD[no.code]: words(no.code, "zh-CN", no.words)}


FIELD = {
    "village-missing": "village",
    "community-missing": "community",
    "no-such-community": "community",
    "which-community": "org",
}


def org_of(here: Places, gate: Gate, fields: Fields) -> str:
    picked = gate.org or picked_in_city(here, fields)
    if fields.get("target") == TargetLevel.STREET:
        return here.above(picked, "TOWN") or picked
    if here.level(picked) == "VILLAGE" or fields.get("target") != TargetLevel.COMMUNITY:
        return picked
    village = str(fields.get("village", ""))
    if (village, here.name(village)) not in here.below(picked, "VILLAGE"):
        raise Refused("village-missing")
    return village


def picked_in_city(here: Places, fields: Fields) -> str:
    typed, picked = str(fields.get("community", "")), str(fields.get("org", ""))
    if not typed:
        raise Refused("community-missing")
    found = here.find(typed)
    if picked in found or picked in here.alike(typed):
        return picked
    named = [code for code in found if here.name(code) == typed] or found
    if len(named) == 1:
        return named[0]
    if found:
        raise Refused("which-community")
    raise Refused("no-such-community", typed=typed)
