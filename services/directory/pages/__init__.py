"""Directory's pages: who signs in, in which seat; and what the city consists of."""

from collections.abc import Iterable

from fastapi import APIRouter

from services.directory.pages import sign_in
from skin.site import Base


def routes(base: Base) -> Iterable[APIRouter]:
    yield sign_in.routes(base)
