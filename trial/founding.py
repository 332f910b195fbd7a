"""What a new city begins with: its divisions, and one account that keeps the directory."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from contracts.calendar import ZONE
from contracts.permission import Role
from kernel import clock
from kernel.database import Database
from kernel.handle import Command
from kernel.handler import service_actor
from kernel.web.running import Running
from registry.calendar import shipped
from registry.settings import CitySettings, city_settings

CITY = "6201"
COUNTED_ON = date(2023, 6, 30)
"""The day of the table of divisions."""
ADMIN, ADMIN_PASSWORD = "admin", "Mazha-trial-2026"
WORKING_DAYS_AGO = 20


def back_then(now: date, working_days: int) -> date:
    """So many working days before."""
    calendar, day = shipped(), now
    while working_days:
        day -= timedelta(days=1)
        working_days -= calendar.works(day)
    return day


async def set_clocks(settings: Sequence[CitySettings]) -> None:
    """All stores begin on the same morning in the past; those that have facts stay as they are."""
    shift: timedelta | None = None
    for one in settings:
        db = Database(one.database_url)
        if shift is None:
            here = (await clock.now(db)).astimezone(ZONE)
            day = back_then(here.date(), WORKING_DAYS_AGO)
            morning = here.replace(
                year=day.year, month=day.month, day=day.day, hour=8, minute=30, second=0
            )
            shift = morning - here
        await clock.begin(db, shift)
        await db.close()


async def found(password: str) -> int:
    """Through directory's own rules, once; asked again it does nothing. How many it opened.

    `password` is the first account's.
    """
    from services.directory.app import DIRECTORY
    from services.directory.commands import divisions, open_all
    from services.directory.credentials import must_be_strong

    must_be_strong(password)
    running = Running(DIRECTORY, city_settings("directory"))
    try:
        await running.open()
        with table().open(encoding="utf-8") as file:
            opened = await open_all(running.store, divisions(file, COUNTED_ON))
        await first_account(running, password)
    finally:
        await running.stop()
    return opened


async def first_account(running: Running, password: str) -> None:
    """Who keeps the directory opens all others; nobody can open this one over HTTP."""
    from services.directory.commands import SEATS, NewAccount, open_account
    from services.directory.domain.seat import OpenSeat, TakeSeat

    ident, seat = uuid5(NAMESPACE_URL, "account:admin"), uuid5(NAMESPACE_URL, "seat:admin")
    by, store = service_actor("directory"), running.store
    new = NewAccount(ADMIN, password, "系统管理员")
    await open_account(store, running.vault, ident, new, Command(ident, by, ident))
    for wish in (OpenSeat(Role.SYS_ADMIN, CITY), TakeSeat(ident)):
        command = uuid5(seat, type(wish).__name__)
        await SEATS.carry_out(store, str(seat), wish, Command(command, by, ident))


def table() -> Path:
    import services.directory

    return Path(services.directory.__file__).parent / "data" / "lanzhou-divisions-2023.csv"
