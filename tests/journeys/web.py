"""The whole city behind one address, as browsers and programs see it: no port, no Kafka."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from httpx2 import ASGITransport, AsyncClient, Response

from contracts.permission import Role
from kernel import clock
from kernel.handle import Command
from kernel.handler import service_actor
from kernel.web.build import Built, together
from kernel.web.settings import raw_key
from registry.settings import CitySettings, city_settings
from registry.staff import COOKIE, mint
from services.directory.commands import SEATS, divisions, open_all
from services.directory.domain.seat import OpenSeat, TakeSeat
from tests.journeys.city import TABLE, TOWN, VILLAGE
from tests.kernel.city import House, async_url, settle
from tests.kernel.local import LocalBroker

SERVICES = ("directory", "intake", "routing", "meetings", "notify", "audit")
HERE = Path(__file__).parents[2] / "services"
SEATED: Sequence[tuple[Role, str]] = (
    (Role.STATION_STAFF, TOWN),
    (Role.TOWN_LIAISON, TOWN),
    (Role.TOWN_COMMITTEE, TOWN),
    (Role.COMMUNITY_LIAISON, VILLAGE),
    (Role.COMMUNITY_SECRETARY, VILLAGE),
    (Role.MEMBER, TOWN),
    (Role.AUDITOR, "6201"),
    (Role.SYS_ADMIN, "6201"),
)


def public(seed: str) -> str:
    """In a trial keys are words: the public key of such a word, as settings take it."""
    private = Ed25519PrivateKey.from_private_bytes(raw_key(seed))
    return b64encode(private.public_key().public_bytes_raw()).decode()


def settings_of_city(service: str, url: str) -> CitySettings:
    given: dict[str, Any] = {
        "database_url": async_url(url),
        "secret": f"sample-{service}",
        "signing_key": f"sample-{service}-signing",
        "vault_key": f"sample-{service}-vault",
        "subject_key": "sample-subject",
        "kafka": "127.0.0.1:1",
        "trial": True,
        "staff_key": public("sample-directory-signing"),
        "service_keys": {name: public(f"sample-{name}-signing") for name in SERVICES},
        "internal_url": "http://mazha",
    }
    return city_settings(service, **given)


@dataclass
class Web:
    """`page` and `send` speak as a browser does, `get` and `post` as a program."""

    built: dict[str, Built]
    houses: dict[str, House]
    client: AsyncClient
    seats: dict[Role, tuple[UUID, UUID]] = field(default_factory=dict)

    async def settle(self) -> None:
        await settle(*self.houses.values())

    async def seat(self, role: Role, org: str) -> tuple[UUID, UUID]:
        account, seat = uuid4(), uuid4()
        for wish in (OpenSeat(role, org), TakeSeat(account)):
            command = Command(uuid4(), service_actor("directory"), uuid4())
            store = self.houses["directory"].running.store
            await SEATS.carry_out(store, str(seat), wish, command)
        self.seats.setdefault(role, (account, seat))
        return account, seat

    async def token(self, by: Role) -> str:
        key = raw_key("sample-directory-signing")
        return mint(key, *self.seats[by], await clock.now(self.houses["directory"].running.db))

    async def post(self, path: str, body: object, by: Role | None = None, **headers: str) -> Any:
        sent = {"Idempotency-Key": str(uuid4()), "Accept-Language": "zh-CN", **headers}
        if by:
            sent["Authorization"] = f"Bearer {await self.token(by)}"
        answer = await self.client.post(path, json=body, headers=sent)
        await self.settle()
        return answer

    async def get(self, path: str, by: Role | None = None) -> Response:
        headers = {"Authorization": f"Bearer {await self.token(by)}"} if by else {}
        return await self.client.get(path, headers=headers)

    async def browser(self, by: Role | None, cookies: Mapping[str, str]) -> dict[str, str]:
        kept = {**cookies, **({COOKIE: await self.token(by)} if by else {})}
        said = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        pairs = "; ".join(f"{name}={value}" for name, value in kept.items())
        return {**said, "Cookie": pairs} if pairs else said

    async def page(self, path: str, by: Role | None = None, **cookies: str) -> Response:
        return await self.client.get(path, headers=await self.browser(by, cookies))

    async def send(
        self,
        path: str,
        fields: Mapping[str, Any],
        by: Role | None = None,
        files: Any = None,
        **cookies: str,
    ) -> Response:
        headers = await self.browser(by, cookies)
        answer = await self.client.post(path, data=dict(fields), files=files, headers=headers)
        await self.settle()
        return answer


@asynccontextmanager
async def at_work(database: Callable[[str], str], broker: LocalBroker) -> AsyncIterator[Web]:
    """All services that there are, on stores of their own. `database`: the address of each."""
    built = dict[str, Built]()
    async with AsyncExitStack() as stack:
        hand_on = ASGITransport(lambda *given: together(list(built.values()))(*given))
        client = await stack.enter_async_context(
            AsyncClient(transport=hand_on, base_url="http://mazha", trust_env=False)
        )
        for name in (n for n in SERVICES if (HERE / n / "app.py").exists()):
            app: Any = import_module(f"services.{name}.app")
            built[name] = app.build(settings_of_city(name, database(name)), broker, client)
            await built[name].running.open()
        houses = {name: House.of(one.running, broker) for name, one in built.items()}
        yield Web(built, houses, client)
        for house in houses.values():
            await house.close()


async def found(web: Web) -> None:
    """安宁区 and its seats."""
    with TABLE.open(encoding="utf-8") as file:
        every = divisions(file, date(2023, 6, 30))
    here = {c: w for c, w in every.items() if c == "6201" or c.startswith("620105")}
    await open_all(web.houses["directory"].running.store, here)
    for role, org in SEATED:
        await web.seat(role, org)
    await web.settle()


class Forms(HTMLParser):
    """The forms of a page: action → its fields as they stand there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.fields: dict[str, str] = {}
        self.area = self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "")
        match tag:
            case "form":
                self.fields = self.forms.setdefault(given.get("action", ""), {})
            case "input" if kind in ("radio", "checkbox"):
                if "checked" in given:
                    self.fields[name] = given.get("value", "on")
            case "input" if name and kind not in ("file", "submit"):
                self.fields[name] = given.get("value", "")
            case "textarea":
                self.area, self.fields[name] = name, ""
            case "select":
                self.select = name
            case "option" if self.select and (
                "selected" in given or self.select not in self.fields
            ):
                self.fields[self.select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "textarea":
                self.area = ""
            case "select":
                self.select = ""
            case "form":
                self.fields = {}
            case _:
                pass

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area] += data


def form_of(answer: Response, action: str) -> dict[str, str]:
    """The fields of the form that sends to this path, with what is hidden in it."""
    return dict(Forms(answer.text).forms[action])
