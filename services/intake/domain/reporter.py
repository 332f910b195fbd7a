"""What a form must say before a matter can be raised; each rule says no in words of its own."""

import re
import unicodedata
from collections.abc import Collection

from contracts.intake import TargetLevel
from kernel.decider import Refused

LEAST, MOST, MOST_PLACE, MOST_NAME = 5, 2000, 200, 50
NEEDED = "process"
"""The consent without which a matter cannot be taken on at all."""
HANDLER = "handler"
"""The consent that another who works on it may see the telephone."""
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3}-?)?[2-8]\d{6,7}")


def tidy(contact: str) -> str:
    """As it is dialled: without blanks, and with the digits of any keyboard."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", contact))


def must_be_written(text: str) -> None:
    if not LEAST <= len(text.strip()) <= MOST:
        raise Refused("text-length", least=LEAST, most=MOST)


def must_be_short(place: str) -> None:
    if len(place) > MOST_PLACE:
        raise Refused("place-too-long", most=MOST_PLACE)


def must_be_named(name: str) -> None:
    if not name.strip():
        raise Refused("name-missing")
    if len(name) > MOST_NAME:
        raise Refused("name-too-long", most=MOST_NAME)


def must_be_reachable(contact: str) -> None:
    contact = tidy(contact)
    if not (MOBILE.fullmatch(contact) or LANDLINE.fullmatch(contact)):
        raise Refused("contact-wrong")


def must_be_addressed(target: str) -> None:
    if target not in [*TargetLevel]:
        raise Refused("target-missing")


def must_agree(consents: Collection[str]) -> None:
    if NEEDED not in consents:
        raise Refused("consent-needed")


def may_be_shown(leads: bool, consents: Collection[str]) -> bool:
    """Who they are, to who leads their matter; to others who work on it, if they agreed."""
    return leads or HANDLER in consents


def takes_messages(contact: str) -> bool:
    return bool(MOBILE.fullmatch(tidy(contact)))
