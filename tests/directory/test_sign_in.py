"""Signing in with a password, choosing a seat, staying, leaving; and what guessing leads to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from httpx2 import Response

from contracts.permission import Role
from kernel import clock
from registry.staff import COOKIE
from services.directory.sessions import COOKIE as SESSION
from tests.journeys.city import TOWN, VILLAGE
from tests.journeys.founded import Founded, city
from tests.journeys.web import Web

pytestmark = pytest.mark.connected
PASSWORD = "Kongtong-road-7"  # noqa: S105
QUEUE = "/console/queue"


@pytest.fixture
async def web(founded: Founded) -> AsyncIterator[Web]:
    async with city(founded) as web:
        yield web


async def account(web: Web, login: str, *seats: tuple[Role, str]) -> UUID:
    """Through HTTP alone, as who keeps the directory does it."""
    ident = uuid4()
    body = {"login": login, "password": PASSWORD, "name": "张工"}
    path = f"/api/directory/accounts/{ident}/open-account"
    assert (await web.post(path, body, Role.SYS_ADMIN)).status_code == 200
    for role, org in seats:
        seat = f"/api/directory/seats/{uuid4()}"
        opened = await web.post(
            f"{seat}/open-seat", {"role": role, "org_code": org}, Role.SYS_ADMIN
        )
        assert opened.status_code == 200, opened.text
        await web.post(f"{seat}/take-seat", {"account_id": str(ident)}, Role.SYS_ADMIN)
    return ident


def kept(answer: Response) -> dict[str, str]:
    return {c.name: c.value or "" for c in answer.cookies.jar}


async def enter(web: Web, login: str, password: str = PASSWORD, to: str = QUEUE) -> Response:
    fields = {"login": login, "password": password, "next": to}
    answer = await web.send("/console/sign-in", fields)
    web.client.cookies.clear()
    return answer


async def test_who_signs_in_with_one_seat_is_where_they_wanted_to_be(web: Web) -> None:
    await account(web, "station-1", (Role.STATION_STAFF, TOWN))
    asked = await web.page("/console/seat")
    assert asked.headers["location"] == "/console/sign-in"
    answer = await enter(web, "station-1")
    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)
    assert {COOKIE, SESSION} <= kept(answer).keys()
    assert "HttpOnly" in str(answer.headers)
    assert PASSWORD not in answer.text


async def test_who_has_two_seats_chooses_one_and_may_change(web: Web) -> None:
    await account(web, "two-seats", (Role.STATION_STAFF, TOWN), (Role.COMMUNITY_LIAISON, VILLAGE))
    answer = await enter(web, "two-seats")
    assert answer.headers["location"].startswith("/console/seat?")
    cookies = kept(answer)
    page = await web.page("/console/seat", None, **cookies)
    assert page.status_code == 200
    assert "培黎街道" in page.text
    seat = page.text.split('name="seat" value="')[1][:36]
    chosen = await web.send("/console/seat", {"seat": seat, "next": QUEUE}, None, None, **cookies)
    assert (chosen.status_code, chosen.headers["location"]) == (303, QUEUE)
    assert COOKIE in kept(chosen)


async def test_a_seat_of_somebody_else_cannot_be_chosen(web: Web) -> None:
    await account(web, "modest", (Role.COMMUNITY_LIAISON, VILLAGE))
    cookies = kept(await enter(web, "modest"))
    _, other = web.seats[Role.STATION_STAFF]
    answer = await web.send("/console/seat", {"seat": str(other)}, None, None, **cookies)
    assert answer.status_code == 403


async def test_wrong_user_and_wrong_password_are_told_in_the_same_words(web: Web) -> None:
    await account(web, "careful", (Role.STATION_STAFF, TOWN))
    nobody, wrong = await enter(web, "nobody"), await enter(web, "careful", "Wrong-road-77")
    assert (nobody.status_code, wrong.status_code) == (401, 401)
    assert nobody.text.replace("nobody", "careful") == wrong.text
    assert "careful" in wrong.text  # what was typed is still there, but for the password
    assert "Wrong-road-77" not in wrong.text


async def test_after_five_wrong_tries_the_right_password_waits_half_an_hour(web: Web) -> None:
    await account(web, "guessed", (Role.STATION_STAFF, TOWN))
    for _ in range(5):
        assert (await enter(web, "guessed", "Wrong-road-77")).status_code == 401
    assert (await enter(web, "guessed")).status_code == 401
    await clock.move(web.houses["directory"].running.db, timedelta(minutes=31))
    assert (await enter(web, "guessed")).status_code == 303


async def test_a_session_that_rested_too_long_has_to_be_opened_again(web: Web) -> None:
    await account(web, "idle", (Role.STATION_STAFF, TOWN))
    cookies = kept(await enter(web, "idle"))
    back = await web.page(f"/console/renew?next={QUEUE}", None, **cookies)
    assert back.headers["location"] == QUEUE
    assert COOKIE in kept(back)
    await clock.move(web.houses["directory"].running.db, timedelta(minutes=16))
    away = await web.page(f"/console/renew?next={QUEUE}", None, **cookies)
    assert away.headers["location"].startswith("/console/sign-in?")


async def test_who_leaves_is_signed_in_no_more(web: Web) -> None:
    await account(web, "leaving", (Role.STATION_STAFF, TOWN))
    cookies = kept(await enter(web, "leaving"))
    assert (await web.send("/console/sign-out", {}, None, None, **cookies)).status_code == 303
    gone = await web.page(f"/console/renew?next={QUEUE}", None, **cookies)
    assert gone.headers["location"].startswith("/console/sign-in?")


async def test_whose_sessions_were_ended_is_out_everywhere_at_once(web: Web) -> None:
    """Not when the token has run out: a phone was lost, a person has left."""
    ident = await account(web, "station-1", (Role.STATION_STAFF, TOWN))
    cookies = kept(await enter(web, "station-1"))
    token = {COOKIE: kept(await web.page("/console/renew", None, **cookies))[COOKIE]}
    assert (await web.page(QUEUE, None, **token)).status_code == 200
    web.client.cookies.clear()
    path = f"/api/directory/accounts/{ident}/end-sessions"
    assert (await web.post(path, {}, Role.SYS_ADMIN)).status_code == 200
    assert (await web.page(QUEUE, None, **token)).headers["location"].startswith("/console/sign-in")
    again = {COOKIE: kept(await enter(web, "station-1"))[COOKIE]}
    assert (await web.page(QUEUE, None, **again)).status_code == 200


async def test_a_link_cannot_lead_out_of_the_console(web: Web) -> None:
    await account(web, "led", (Role.STATION_STAFF, TOWN))
    for to in ("https://evil.example/", "//evil.example/", "/console//evil.example", "/\\evil"):
        assert (await enter(web, "led", to=to)).headers["location"] == "/console/desk"


async def test_a_form_of_another_site_signs_nobody_in(web: Web) -> None:
    answer = await web.client.post(
        "/console/sign-in", data={"login": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


async def test_a_program_signs_in_and_acts_in_its_seat(web: Web) -> None:
    await account(web, "program", (Role.STATION_STAFF, TOWN))
    body = {"login": "program", "password": PASSWORD}
    signed = await web.post("/api/directory/sign-in", body)
    assert signed.status_code == 200, signed.text
    headers = {"Authorization": f"Bearer {signed.json()['token']}"}
    answer = await web.client.get("/api/routing/queue", headers=headers)
    assert (answer.status_code, answer.json()) == (200, [])


async def test_a_name_that_is_taken_is_told_and_the_name_of_a_person_rests_sealed(web: Web) -> None:
    await account(web, "taken", (Role.STATION_STAFF, TOWN))
    body = {"login": "taken", "password": PASSWORD, "name": "李工"}
    path = f"/api/directory/accounts/{uuid4()}/open-account"
    answer = await web.post(path, body, Role.SYS_ADMIN)
    assert (answer.status_code, answer.json()["code"]) == (409, "login-taken")


async def test_an_account_has_one_login_name(web: Web) -> None:
    ident = await account(web, "first")
    body = {"login": "second", "password": PASSWORD, "name": "张工"}
    answer = await web.post(f"/api/directory/accounts/{ident}/open-account", body, Role.SYS_ADMIN)
    assert (answer.status_code, answer.json()["code"]) == (409, "account-has-a-login")


async def test_a_trial_offers_its_seats_without_a_password(web: Web) -> None:
    page = await web.page("/console/sign-in")
    assert "试用：选一个岗位直接进" in page.text
    account_id, seat = web.seats[Role.STATION_STAFF]
    fields = {"account": str(account_id), "seat": str(seat), "next": QUEUE}
    answer = await web.send("/console/sign-in/as", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)
