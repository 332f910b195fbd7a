"""What people do with a matter, step by step, as their screens would send it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zlib import crc32

from httpx2 import AsyncClient

from contracts.calendar import ZONE
from services.intake.commands import NOTICE
from trial.living.clerk import PAUSE, Clerk, NotDone
from trial.living.people import People, Place, qr_of
from trial.living.said import Said

A_MOMENT, RINGS = timedelta(seconds=1), 50
Form = Mapping[str, Any]


@dataclass(frozen=True)
class Matter:
    id: UUID
    code: str
    key: str
    """Of the resident's secret link."""

    @property
    def case(self) -> str:
        return f"/api/routing/cases/{self.id}"


class City:
    def __init__(self, people: People) -> None:
        self.people, self.http = people, people.http

    def at(self, place: Place, role: str) -> Clerk:
        return self.people.seats[f"{place.short}-{role}"]

    async def now(self) -> datetime:
        return (await self.clock())[0]

    async def clock(self) -> tuple[datetime, datetime | None]:
        """Now, and when the next thing comes due."""
        said = (await self.http.get("/trial/clock")).json()
        due = said["next_due"]
        return datetime.fromisoformat(said["now"]), datetime.fromisoformat(due) if due else None

    async def until(self, at: datetime) -> None:
        """From one thing that comes due to the next: each rings in its own hour."""
        now, due = await self.clock()
        while now < at:
            to = min(at, due + A_MOMENT) if due and due > now else at
            await self.http.post("/trial/clock", data={"at": to.isoformat()})
            now, due = await self.rung(to)

    async def rung(self, to: datetime) -> tuple[datetime, datetime | None]:
        """Once nothing is overdue any more, or after a few seconds."""
        now, due = await self.clock()
        for _ in range(RINGS):
            if due is None or due > now:
                break
            await asyncio.sleep(PAUSE)
            now, due = await self.clock()
        return max(now, to), due

    async def days(self, count: int, hour: int = 9, minute: int = 0) -> None:
        """So many days later, at that hour."""
        day = (await self.now()).astimezone(ZONE) + timedelta(days=count)
        await self.until(day.replace(hour=hour, minute=minute, second=0))

    async def submit(self, place: Place, said: Said) -> Matter:
        """Through the code that hangs at the gate."""
        return await self.send(form_of(place, said))

    async def send(self, form: Form) -> Matter:
        """The same form once more is the same matter."""
        answer = await self.http.post("/api/intake/issues", json=dict(form))
        if answer.status_code != 200:
            raise NotDone(f"submit: {answer.status_code} {answer.text}")
        receipt = answer.json()
        return Matter(UUID(receipt["id"]), receipt["code"], receipt["k"])

    async def accept(self, matter: Matter, station: Clerk, **assessment: Any) -> None:
        await station.ask(f"{matter.case}/accept-issue", assessment)

    async def route(
        self, matter: Matter, station: Clerk, lane: str, mode: str, to: Place, **more: Any
    ) -> None:
        wish = {"lane": lane, "mode": mode, "to_org": to.code, **more}
        await station.ask(f"{matter.case}/route-issue", wish)

    async def take_on(self, matter: Matter, handler: Clerk) -> None:
        """Signed, the resident reached, work begun."""
        await handler.ask(f"{matter.case}/sign-issue", {})
        await handler.ask(f"{matter.case}/contact-reporter", {"method": "PHONE", "reached": True})
        await handler.ask(f"{matter.case}/start-work", {})

    async def progress(self, matter: Matter, handler: Clerk, note: str, *photos: bytes) -> None:
        kept = [await handler.ask(f"{matter.case}/photos", photo) for photo in photos]
        wish = {"note": note, "public": True, "attachments": kept}
        await handler.ask(f"{matter.case}/add-progress", wish)

    async def answer(
        self, matter: Matter, handler: Clerk, result: str, reply: str, **more: Any
    ) -> None:
        wish = {"result": result, "reply": reply, **more}
        await handler.ask(f"{matter.case}/answer-issue", wish)

    async def approve(self, matter: Matter, head: Clerk) -> None:
        """The answer to a MAJOR matter."""
        draft = (await head.look(matter.case))["draft"]
        await head.ask(f"{matter.case}/approve-answer", {"nth": draft})

    async def evaluate(self, matter: Matter, solved: str, satisfaction: int) -> None:
        """By the resident's secret link."""
        body = {"solved": solved, "satisfaction": satisfaction}
        path = f"/api/intake/issues/{matter.id}/evaluate"
        resident = Resident(self.http, matter.key)
        await resident.ask(path, body)


def form_of(place: Place, said: Said) -> Form:
    return {
        "client_id": str(uuid4()),
        "org_code": place.code,
        "level": said.level,
        "text": said.text,
        "place": said.place,
        "name": said.name,
        "contact": f"1389312{crc32(said.name.encode()) % 10_000:04d}",
        "consents": ["process", "handler"],
        "notice_ver": NOTICE,
        "qr_id": str(qr_of(place)),
    }


class Resident(Clerk):
    """Needs no account: the link on the receipt opens the matter."""

    def __init__(self, http: AsyncClient, key: str) -> None:
        super().__init__(http, "", "")
        self.key = key

    async def sign_in(self) -> None:
        """There is nothing to sign in to."""

    def signed(self) -> dict[str, str]:
        return {"X-Link-Key": self.key}
