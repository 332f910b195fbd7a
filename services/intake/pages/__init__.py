"""What residents see of their matters, and where staff hand out the codes at the gate."""

from collections.abc import Iterable

from fastapi import APIRouter

from services.intake.pages import (
    erasing,
    home,
    lookup,
    opening,
    original,
    photo,
    qr,
    qrs,
    rating,
    receipt,
    report,
    tracking,
)
from skin.site import Base

RESIDENTS = (home, report, lookup, receipt, tracking, opening, photo, rating, erasing)
STAFF = (qrs, qr, original)


def routes(base: Base) -> Iterable[APIRouter]:
    for view in (*RESIDENTS, *STAFF):
        router = APIRouter(include_in_schema=False)
        view.add(router, base)
        yield router
