"""Who there is: the places of the article, their rooms, and a seat for each who acts there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from httpx2 import AsyncClient

from contracts.permission import Role
from trial.founding import ADMIN, ADMIN_PASSWORD
from trial.living.clerk import Clerk

PASSWORD = "Mazha-trial-2026"  # noqa: S105  of all sample people, and shown to who tries it


class Place(NamedTuple):
    code: str
    short: str
    address: str


TOWNS = (
    Place("620102007", "bailu", "白银路 126 号"),
    Place("620102016", "tuanjie", "团结新村 7 号"),
    Place("620102001", "jiuquan", "酒泉路 234 号"),
    Place("620102009", "guangwumen", "广武门外 18 号"),
    Place("620103005", "xizhan", "西站东路 5 号"),
    Place("620104003", "fuli", "福利路 41 号"),
    Place("620105001", "peili", "培黎广场 3 号"),
)
COMMUNITIES = (
    Place("620102007005", "xujiaxiang", "徐家巷 11 号"),
    Place("620102016006", "tianshuinan", "天水南路 520 号"),
    Place("620102001005", "yangjiayuan", "杨家园 9 号"),
    Place("620105001001", "peili1", "费家营 2 号"),
)
COUNTIES = (Place("620102", "chengguan", ""), Place("620105", "anning", ""))
AT_TOWN = (Role.STATION_STAFF, Role.TOWN_LIAISON, Role.TOWN_COMMITTEE, Role.MEMBER)
AT_COMMUNITY = (Role.COMMUNITY_LIAISON, Role.COMMUNITY_SECRETARY, Role.GRID_WORKER)


class Seat(NamedTuple):
    role: Role
    place: Place

    @property
    def login(self) -> str:
        return f"{self.place.short}-{self.role}".replace("_", "-")

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE_URL, f"seat:{self.login}")


def seats() -> Iterator[Seat]:
    yield from (Seat(role, town) for town in TOWNS for role in AT_TOWN)
    yield from (Seat(role, place) for place in COMMUNITIES for role in AT_COMMUNITY)
    yield from (Seat(Role.COUNTY_CPPCC, county) for county in COUNTIES)
    yield Seat(Role.AUDITOR, Place("6201", "lanzhou", ""))


@dataclass
class People:
    http: AsyncClient
    seats: dict[str, Clerk] = field(default_factory=dict)
    admin: Clerk = field(init=False)

    def __post_init__(self) -> None:
        self.admin = Clerk(self.http, ADMIN, ADMIN_PASSWORD)

    async def settle(self) -> None:
        await self.admin.sign_in()
        for place in TOWNS:
            await self.open_rooms(place, "STATION", "COUNCIL", "ROOM")
        for place in COMMUNITIES:
            await self.open_rooms(place, "COUNCIL", "ROOM")
        for seat in seats():
            await self.take(seat)
        for place in (*TOWNS, *COMMUNITIES):
            await self.hang_code(place)

    async def open_rooms(self, place: Place, *facilities: str) -> None:
        for facility in facilities:
            wish = {"facility": facility, "address": place.address, "opened_on": "2024-03-01"}
            path = f"/api/directory/organisations/{place.code}/open-facility"
            await self.admin.ask(path, wish)

    async def take(self, seat: Seat) -> None:
        """An account, a seat, and the one in the other."""
        account = uuid5(NAMESPACE_URL, f"account:{seat.login}")
        card = {"login": seat.login, "password": PASSWORD, "name": f"示例{seat.login}"}
        await self.admin.ask(f"/api/directory/accounts/{account}/open-account", card)
        at = f"/api/directory/seats/{seat.id}"
        await self.admin.ask(
            f"{at}/open-seat", {"role": seat.role.value, "org_code": seat.place.code}
        )
        await self.admin.ask(f"{at}/take-seat", {"account_id": str(account)})
        self.seats[seat.login] = Clerk(self.http, seat.login, PASSWORD)

    async def hang_code(self, place: Place) -> None:
        """At the gate of the town's hall or the community's yard."""
        role = "station-staff" if place in TOWNS else "community-liaison"
        wish = {"org_code": place.code, "place": f"{place.address}门口"}
        path = f"/api/intake/qrs/{qr_of(place)}/issue-qr"
        await self.seats[f"{place.short}-{role}"].ask(path, wish)


def qr_of(place: Place) -> UUID:
    return uuid5(NAMESPACE_URL, f"qr:{place.code}")
