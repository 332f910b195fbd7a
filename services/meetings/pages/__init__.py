"""What staff and residents see of topics and meetings."""

from collections.abc import Iterable

from fastapi import APIRouter

from services.meetings.pages import (
    about,
    check_in,
    decision,
    drafting,
    meeting,
    minutes,
    proposing,
    public,
    recording,
    topic,
    topics,
)
from skin.site import Base

VIEWS = (
    about,
    topics,
    proposing,
    topic,
    decision,
    drafting,
    recording,
    meeting,
    check_in,
    minutes,
    public,
)
"""Those with a word in their path before those with an id there."""


def routes(base: Base) -> Iterable[APIRouter]:
    return [view.routes(base) for view in VIEWS]
