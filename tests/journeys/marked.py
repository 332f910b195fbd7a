"""A matter in which every word that somebody writes is a marked one: who wrote what, step by step.

Residents sit at a browser without JavaScript; of the staff those who look sit at one, too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from httpx2 import AsyncClient, Response
from PIL import Image

from contracts.calendar import ZONE, day_of
from services.intake.commands import NOTICE
from tests.faults.nodes import until
from tests.journeys.marks import Marks
from tests.journeys.web import Forms, form_of
from trial.living.clerk import Clerk
from trial.living.council import PEILI, meeting_at, table, today, topic_at
from trial.living.deeds import City, Matter
from trial.living.people import COMMUNITIES, seats

PEILI1 = COMMUNITIES[3]
FORM_PAGE = f"/o/{PEILI1.code}/report"
BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Accept-Language": "zh-CN"}
LINK = re.compile(r'(?:href|src|action|formaction|hx-[a-z]+)="([^"]*)"')
DIGITS = re.compile(r"验证码(\d{6})")
LONG = "，这里写得长一些，够二十个字，好让规则放行。"

PATIENCE = 60.0
"""Seconds until what one service told is seen in another, on a busy machine."""


@dataclass
class Witness:
    """Opens browsers, and keeps every address that was asked for, led to, or stood on a page."""

    address: str
    addresses: list[str] = field(default_factory=list)

    def browser(self, **headers: str) -> AsyncClient:
        return AsyncClient(
            base_url=self.address,
            timeout=30,
            trust_env=False,
            headers={**BROWSER, **headers},
            event_hooks={"response": [self.note]},
        )

    async def note(self, answer: Response) -> None:
        await answer.aread()
        self.addresses += [str(answer.request.url), answer.headers.get("location", "")]
        if "text/html" in answer.headers.get("content-type", ""):
            links = LINK.findall(answer.text)
            self.addresses += [link for link in links if not link.startswith("tel:")]  # dials

    async def desk(self, clerk: Clerk) -> AsyncClient:
        await clerk.sign_in()
        return self.browser(Authorization=f"Bearer {clerk.token}")


@dataclass
class Story:
    """What the run left: the matter, its topic and meetings, and the browser of its resident."""

    city: City
    marks: Marks
    witness: Witness
    phone: AsyncClient
    topic: UUID = field(default_factory=uuid4)
    meeting: UUID = field(default_factory=uuid4)
    talk: UUID = field(default_factory=uuid4)
    shown: dict[str, str] = field(default_factory=dict)
    """Pages that are shown on the way alone."""
    code: str = ""
    matter: Matter = field(default_factory=lambda: Matter(UUID(int=0), "", ""))

    @property
    def here(self) -> str:
        return f"/i/{self.code}"

    @property
    def photo(self) -> str:
        """Where the resident's own page links to it."""
        return next(one for one in self.witness.addresses if one.startswith(f"{self.here}/photo/"))

    @property
    def case(self) -> str:
        return f"/console/cases/{self.matter.id}"

    @property
    def liaison(self) -> Clerk:
        return self.city.at(PEILI, "town-liaison")

    async def page(self, path: str) -> str:
        """As the resident sees it."""
        return (await self.phone.get(path)).text

    async def seen_by(self, login: str, *paths: str) -> list[Response]:
        async with await self.witness.desk(self.city.people.seats[login]) as desk:
            return [await desk.get(path) for path in paths]

    async def read_by(self, login: str, *paths: str) -> set[str]:
        """Which marks these pages show."""
        shown = await self.seen_by(login, *paths)
        return self.marks.on("".join(one.text for one in shown))


def photo(word: str) -> bytes:
    """With a word in what cameras write beside the picture."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = word  # ImageDescription
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif, comment=word.encode())
    return out.getvalue()


async def take_part(story: Story) -> None:
    """From the gate to the resident's own word."""
    await hire(story)
    await raise_it(story)
    story.shown["another phone"] = await open_by_code(story)
    await decide_where(story)
    await take_it_on(story)
    story.shown["contact"] = await look_at_contact(story)
    await deliberate(story)
    await answer(story)
    await rate(story)
    await say_no_to_others(story)
    await look_at_home(story)


async def hire(story: Story) -> None:
    """Somebody new among the staff."""
    marks, admin = story.marks, story.city.people.admin
    card = {"login": f"new-{uuid4().hex[:12]}", "name": marks.word("staff name")}
    card["password"] = f"Aa1-{marks.word('password')}"
    await admin.sign_in()
    await admin.ask(f"/api/directory/accounts/{uuid4()}/open-account", card)


async def raise_it(story: Story) -> None:
    marks, phone = story.marks, story.phone
    name, number = marks.word("name"), marks.phone("phone")
    fields = {
        **form_of(await phone.get(FORM_PAGE), FORM_PAGE),
        "matter": f"{marks.word('words')}，老人出不了门。请找{name}，{number}。",
        "place": marks.word("place"),
        "target": "STREET",
        "name": name,
        "contact": number,
        "consents[]": ["process", "handler"],
    }
    files = {"photos": ("photo.jpg", photo(marks.word("exif")), "image/jpeg")}
    sent = await phone.post(FORM_PAGE, data=fields, files=files)
    assert sent.status_code == 303, sent.text
    story.code = sent.headers["location"].split("/")[2]
    receipt = await story.page(f"{story.here}/receipt")
    (key,) = set(re.findall(r"\?k=([0-9a-f]{32})", receipt))
    story.matter = Matter(await at_station(story), story.code, key)


async def at_station(story: Story) -> UUID:
    """What it is called where it waits to be decided on."""
    station, found = story.city.at(PEILI, "station-staff"), list[str]()
    await station.sign_in()
    by = {"Authorization": f"Bearer {station.token}"}

    async def arrived() -> bool:
        rows = (await station.http.get("/api/routing/queue", headers=by)).json()
        found.extend(row["issue_id"] for row in rows if row["code"] == story.code)
        return bool(found)

    await until(arrived, PATIENCE, "it did not reach its station")
    return UUID(found[0])


def another_phone(story: Story) -> AsyncClient:
    return story.witness.browser()


async def open_by_code(story: Story) -> str:
    """What another telephone shows once the number that was sent is typed into it."""
    async with another_phone(story) as other:
        closed = await other.get(story.here)
        assert not story.marks.on(closed.text), "the code alone opens no words"
        assert (await other.post(f"{story.here}/send-code")).status_code == 303
        digits = DIGITS.findall((await other.get("/trial/sms")).text)[0]
        opened = await other.post(f"{story.here}/open", data={"otp": digits})
        assert opened.status_code == 303, opened.text
        return (await other.get(story.here)).text


async def decide_where(story: Story) -> None:
    city, matter = story.city, story.matter
    station = city.at(PEILI, "station-staff")
    small = {"category": "B4", "urgency": "NORMAL", "affected_hh": 6}
    await city.accept(matter, station, **small)
    why = story.marks.word("why it goes elsewhere")
    await city.route(matter, station, "STREET", "MAJOR", PEILI, override_reason=why)


async def take_it_on(story: Story) -> None:
    await story.city.take_on(story.matter, story.liaison)
    async with await story.witness.desk(story.liaison) as desk:
        path = f"{story.case}/progress"
        form = form_of(await desk.get(story.case), path)
        form |= {"note": story.marks.word("progress"), "public": "1"}
        files = {"photos": ("photo.jpg", photo(story.marks.word("exif of work")), "image/jpeg")}
        assert (await desk.post(path, data=form, files=files)).status_code == 303


async def look_at_contact(story: Story) -> str:
    async with await story.witness.desk(story.liaison) as desk:
        page = f"{story.case}/contact"
        form = form_of(await desk.get(page), page)
        form["reason"] = f"上门前联系{story.marks.word('reason to look')}"
        return (await desk.post(page, data=form)).text


async def deliberate(story: Story) -> None:
    """A talk in the street; a topic that is put off, made one, and talked over in a conference."""
    marks, city, liaison = story.marks, story.city, story.liaison
    await record_talk(story)
    at, committee = topic_at(story.topic), city.at(PEILI, "town-committee")
    await liaison.ask(f"{at}/propose-topic", proposal(story))
    package = {
        "background": marks.word("background"),
        "parties": [marks.word("party")],
        "options": [marks.word("option")],
    }
    await liaison.ask(f"{at}/submit-topic", package)
    decided = {"decided_on": await today(city), "record_no": "培党工〔2026〕41号"}
    until = day_of(await city.now()) + timedelta(days=1)
    put_off = {**decided, "why": marks.word("why not yet"), "until": until.isoformat()}
    await committee.ask(f"{at}/defer-topic", put_off)
    await committee.ask(f"{at}/approve-topic", {**decided, "conditions": [marks.word("condition")]})
    await meet(story)


async def record_talk(story: Story) -> None:
    talk = {
        "org_code": PEILI.code,
        "issue_ids": [str(story.matter.id)],
        "form": "ROADSIDE",
        "parties": ["PARTY", "LIAISON"],
        "at": (await story.city.now()).isoformat(),
        "result": story.marks.word("result"),
    }
    await story.liaison.ask(f"{meeting_at(story.talk)}/record-instant-meeting", talk)


def proposal(story: Story) -> dict[str, Any]:
    return {
        "org_code": PEILI.code,
        "level": "TOWN",
        "source": "ISSUE",
        "question": story.marks.word("question"),
        "issue_ids": [str(story.matter.id)],
        "sub_questions": [story.marks.word("part of the question")],
    }


async def meet(story: Story) -> None:
    marks, at, liaison = story.marks, meeting_at(story.meeting), story.liaison
    by_login = {seat.login: seat for seat in seats()}
    seat = str(by_login["peili-town-liaison"].id)
    draft = {
        "org_code": PEILI.code,
        "level": "TOWN",
        "form": "CONFERENCE",
        **{f"{who}_seat": seat for who in ("convenor", "chair", "recorder")},
        "agenda": [{"question": marks.word("agenda")}],
        "topic_ids": [str(story.topic)],
        "issue_ids": [str(story.matter.id)],
    }
    await liaison.ask(f"{at}/draft-meeting", draft)
    places = [one for one in table(by_login) if one["role"] != "LIAISON"]
    places.append({"place": 8, "role": "EXPERT"})
    for place in places:
        await liaison.ask(f"{at}/invite-participant", place)
    await story.liaison.ask(f"{at}/notice-meeting", await notice(story))
    await story.city.days(14, hour=16)
    for place in places:
        await liaison.ask(f"{at}/check-in", {"place": place["place"]})
    agreed = {"no": 1, "outcome": "CONSENSUS", "agreed": marks.word("agreed")}
    await liaison.ask(f"{at}/decide-item", agreed)
    await liaison.ask(f"{at}/end-meeting", {"ended_at": (await story.city.now()).isoformat()})


async def notice(story: Story) -> dict[str, str]:
    starts = ((await story.city.now()) + timedelta(days=14)).astimezone(ZONE)
    starts = starts.replace(hour=15, minute=0, second=0, microsecond=0)
    return {
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "venue": story.marks.word("venue"),
        "waiver_reason": story.marks.word("why a seat is empty"),
    }


async def answer(story: Story) -> None:
    reply = story.marks.word("reply") + LONG
    more = {"no_meeting_reason": story.marks.word("why no meeting")}
    given = {"meeting_id": str(story.meeting), **more}
    committee = story.city.at(PEILI, "town-committee")
    first = story.marks.word("reply that goes back") + LONG
    await story.city.answer(story.matter, story.liaison, "SOLVED", first, **given)
    back = {"nth": 1, "reason": f"写明{story.marks.word('why it goes back')}"}
    await committee.ask(f"{story.matter.case}/send-answer-back", back)
    await story.city.answer(story.matter, story.liaison, "SOLVED", reply, **given)
    await story.city.approve(story.matter, committee)


async def rate(story: Story) -> None:
    page = f"{story.here}/rate"

    async def asked() -> bool:
        return page in Forms(await story.page(page)).forms

    await until(asked, PATIENCE, "the resident was not asked")
    said = {"solved": "YES", "satisfaction": "5", "comment": story.marks.word("comment")}
    form = form_of(await story.phone.get(page), page)
    sent = await story.phone.post(page, data={**form, **said})
    assert sent.status_code == 303, sent.text


async def look_for(story: Story, login: str, words: str) -> str:
    """As the form of the page sends it."""
    async with await story.witness.desk(story.city.people.seats[login]) as desk:
        sent = await desk.post("/console/search", data={"q": words})
        return (await desk.get(sent.headers["location"])).text


async def look_at_home(story: Story) -> str:
    """Somebody types where they live."""
    sent = await story.phone.post("/", data={"q": story.marks.word("address")})
    return await story.page(sent.headers["location"])


async def forget(story: Story) -> None:
    """The resident asks for it, once the matter is closed."""
    page = f"{story.here}/erase"

    async def offered() -> bool:
        return page in Forms(await story.page(page)).forms

    await until(offered, PATIENCE, "the resident cannot ask to be forgotten")
    sent = await story.phone.post(page, data=form_of(await story.phone.get(page), page))
    assert sent.status_code == 303, sent.text


async def say_no_to_others(story: Story) -> None:
    """One is declined, one handed on, and a topic is turned down."""
    marks, city, station = story.marks, story.city, story.city.at(PEILI, "station-staff")
    declined = {
        "reason": "NO_SUBSTANCE",
        "explanation": marks.word("why declined") + LONG,
        "alternative": marks.word("where to go"),
        "urgency": "NORMAL",
    }
    await station.ask(f"{(await another(story)).case}/decline-issue", declined)
    handed_on = {"channel": "12345", "explanation": marks.word("why handed on") + LONG}
    await station.ask(f"{(await another(story)).case}/transfer-out", handed_on)
    at = topic_at(uuid4())
    of_nobody = {**proposal(story), "source": "COMMITTEE", "issue_ids": []}
    await story.liaison.ask(f"{at}/propose-topic", of_nobody)
    package = {"background": marks.word("background"), "parties": ["甲"], "options": ["乙"]}
    await story.liaison.ask(f"{at}/submit-topic", package)
    no = {
        "decided_on": await today(city),
        "record_no": "培党工〔2026〕42号",
        "why": marks.word("why not"),
        "handling_org": PEILI.code,
    }
    await city.at(PEILI, "town-committee").ask(f"{at}/reject-topic", no)


async def another(story: Story) -> Matter:
    """Of a neighbour, through the interface for programs."""
    marks = story.marks
    form: Mapping[str, Any] = {
        "client_id": str(uuid4()),
        "org_code": PEILI.code,
        "level": "STREET",
        "text": f"{marks.word('words of a neighbour')}，请管一管。",
        "place": marks.word("place of a neighbour"),
        "name": marks.word("name of a neighbour"),
        "contact": marks.phone("phone of a neighbour"),
        "consents": ["process"],
        "notice_ver": NOTICE,
    }
    return await story.city.send(form)
