"""ST3 of 培黎 in the browser: the resident without JavaScript on a phone, staff with it."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Person
from trial.living import council
from trial.living.deeds import City
from trial.living.people import TOWNS, qr_of

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
PEILI, PEILI1 = TOWNS[6], "620105001001"
CASE = re.compile(r"/console/cases/[0-9a-f-]{36}$")
MENDED = "楼道灯已换好两盏，物业每周一检查一次；再坏了请打议事室电话，当天来修。"
AGREED = "会议商定：接送车停到侧门外空地，先试两周；摊点的事下次再议。街道每月回看一次。"


async def raise_matter(resident: Person, words: str, target: str) -> str:
    """Through the code at the gate; the public code on the receipt."""
    await resident.go(f"/q/{qr_of(PEILI)}")
    page = resident.page
    await expect(page).to_have_title("培黎街道社情民意收集")
    await page.fill("#matter", words)
    await page.fill("#place", "三号楼二单元")
    await page.check(f"input[name=target][value={target}]")
    if target == "COMMUNITY":
        await page.select_option("#village", PEILI1)
    await page.fill("#name", "王秀英")
    await page.fill("#contact", "13893124567")
    await page.check("input[value=process]")
    await page.click("button:has-text('提交')")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("收到了")
    return (await page.inner_text(".code .vh")).strip()


async def route(station: Person, title: str, lane: str, **told: str) -> str:
    """The case's path, once the station has accepted and routed it."""
    page = station.page
    await find_in_queue(station, title)
    await page.select_option("#category", told["category"])
    await page.fill("#affected_hh", told["households"])
    await page.check(f"input[name=lane][value^={lane}]")
    if lane != "STREET":
        await page.select_option("#to_org", PEILI1)
    await page.fill("#override_reason", "按现场情况定")
    await page.click("button[data-key=a]")
    await page.click("a:has-text('看这件事')")
    await page.wait_for_url(CASE)
    return page.url.removeprefix(station.address)


async def find_in_queue(station: Person, title: str) -> None:
    """It was raised in another service a moment ago."""
    link = station.page.locator("td a", has_text=title)
    for _ in range(50):
        await station.go("/console/queue")
        if await link.count():
            break
        await station.page.wait_for_timeout(200)
    await link.first.click()
    await expect(station.page.locator("#pick-h")).to_contain_text(title)


async def take_on(handler: Person, case: str) -> None:
    page = handler.page
    await handler.go(case)
    await page.click("button:has-text('签收')")
    await page.check("input[name=reached][value=true]")
    await page.click("button:has-text('记下这次联系')")
    await page.click("button:has-text('开始办理')")
    await expect(page.locator(".title .state").first).to_have_text("办理中")


async def answer(handler: Person, case: str, result: str, reply: str, met: bool = False) -> None:
    page = handler.page
    await handler.go(case)
    await page.click("a[href$='/answer']")
    await page.check(f"input[name=result][value={result}]")
    await page.fill("#reply", reply)
    if met:
        await page.select_option("#meeting_id", index=1)
    await page.click("form[action$='/answer'] button[type=submit]")


async def approve(head: Person, case: str) -> None:
    await head.go("/console/desk")
    await reaches(head, "/console/desk", "签发答复")
    await head.go(case)
    await head.page.click("button:has-text('签发答复')")


async def rate(resident: Person, code: str, solved: str, satisfaction: int) -> None:
    page = resident.page
    for _ in range(50):
        await resident.go(f"/i/{code}/rate")
        if await page.locator("input[name=solved]").count():
            break
        await page.wait_for_timeout(200)
    await page.check(f"input[name=solved][value={solved}]")
    await page.check(f"input[name=satisfaction][value='{satisfaction}']")
    await page.click("button:has-text('提交评价')")
    await expect(page.locator("main")).to_contain_text("评价")


async def reaches(person: Person, path: str, words: str) -> None:
    """What another service did is seen here a moment later."""
    for _ in range(50):
        await person.go(path)
        if words in await person.page.inner_text("main"):
            return
        await person.page.wait_for_timeout(200)
    raise AssertionError(f"{path} never said {words}")


@pytest.mark.usefixtures("city")
async def test_a_small_matter_is_solved_by_the_grid(resident: Person, clerk: Person) -> None:
    title = f"楼道灯坏了{uuid4().hex[:6]}"
    code = await raise_matter(resident, f"{title}。晚上老人下楼看不见。", "COMMUNITY")
    await clerk.sign_in("peili-station-staff", "/console/queue")
    case = await route(clerk, title, "GRID", category="B4", households="6")
    await clerk.page.context.clear_cookies()
    await clerk.sign_in("peili1-grid-worker")
    await take_on(clerk, case)
    await answer(clerk, case, "SOLVED", MENDED)
    await expect(clerk.page.locator(".title .state").first).to_have_text("已答复待评价")
    await reaches(resident, f"/i/{code}", MENDED)
    await rate(resident, code, "YES", 5)
    await reaches(resident, f"/i/{code}", "已办结")
    await reaches(clerk, case.replace("cases", "history"), "办结")


async def test_a_big_matter_goes_to_the_committee_and_to_a_conference(
    city: City, resident: Person, clerk: Person
) -> None:
    title = f"学校门口{uuid4().hex[:6]}"
    code = await raise_matter(resident, f"{title}，早晚接送车挤在一起，很危险。", "STREET")
    await clerk.sign_in("peili-station-staff", "/console/queue")
    case = await route(clerk, title, "STREET", category="A5", households="620")
    await as_other(clerk, "peili-town-liaison")
    await take_on(clerk, case)
    topic = await propose(clerk, case)
    await as_other(clerk, "peili-town-committee")
    await decide(clerk, topic, "DEFERRED", "31")
    await city.days(4)
    await as_other(clerk, "peili-town-committee")
    await decide(clerk, topic, "APPROVED", "34")
    await as_other(clerk, "peili-town-liaison")
    meeting = await call(clerk, topic)
    await city.days(council.WARNED.days + 2, hour=15)
    await as_other(clerk, "peili-town-liaison")
    await hold(clerk, meeting)
    await reaches(clerk, case, "成果落实中")
    await answer(clerk, case, "PARTLY", AGREED, met=True)
    await as_other(clerk, "peili-town-committee")
    await approve(clerk, case)
    await expect(clerk.page.locator(".title .state").first).to_have_text("已答复待评价")
    await rate(resident, code, "PARTLY", 4)
    await reaches(resident, f"/i/{code}", "已办结")
    await reaches(clerk, case.replace("cases", "history"), "会议")


async def as_other(clerk: Person, login: str) -> None:
    """Another person sits down at the desk."""
    await clerk.page.context.clear_cookies()
    await clerk.sign_in(login)


async def propose(clerk: Person, case: str) -> str:
    page, issue = clerk.page, case.rsplit("/", 1)[1]
    await clerk.go(f"/console/topics/new?issue={issue}")
    await page.fill("#question", "学校门口上下学怎么走")
    await page.fill("#sub_questions", "接送车停在哪里\n摊点挪到哪里")
    await page.click("button:has-text('提出议题')")
    await page.fill("#background", "早晚两个高峰，校门前180米路上车和人挤在一起，约620户受影响。")
    await page.fill("#parties", "学校\n交警大队")
    await page.fill("#options", "开侧门\n高峰单行")
    await page.click("button:has-text('交上去定')")
    await expect(page.locator(".title .state").first).to_be_visible()
    return page.url.removeprefix(clerk.address).split("?")[0]


async def decide(clerk: Person, topic: str, decision: str, number: str) -> None:
    page = clerk.page
    await clerk.go(f"{topic}/decision")
    await page.fill("#record_no", f"培党工〔2026〕{number}号")
    await page.check(f"input[name=decision][value={decision}]")
    await page.click("button:has-text('下一步：核对')")
    if decision == "DEFERRED":
        await page.fill("#why", "请补早晚高峰车流数。")
        until = await page.evaluate(
            "d => { const t = new Date(d); t.setDate(t.getDate() + 3);"
            " return t.toISOString().slice(0, 10) }",
            await page.input_value("input[name=decided_on]"),
        )
        await page.fill("#until", until)
    await page.click("button:has-text('登记“')")
    await page.wait_for_url(re.compile(re.escape(topic) + r"(\?.*)?$"))


async def call(clerk: Person, topic: str) -> str:
    """A conference with a place for each role that must be there, noticed as early as is legal."""
    page = clerk.page
    await clerk.go(f"/console/meetings/new?topic={topic.rsplit('/', 1)[1]}")
    for who in ("convenor_seat", "chair_seat"):
        await page.select_option(f"#{who}", index=1)
    await page.click("button:has-text('存下，去定座位')")
    for role in ("MEMBER", "PARTY", "RESIDENT_REP", "LIAISON", "RESIDENT_REP", "DEPT", "PROPERTY"):
        await seat(page, role)
    await page.fill("#venue", "培黎街道三楼会议室（有电梯）")
    await page.click("button:has-text('发通知')")
    await expect(page.locator(".title .state").first).to_have_text("已通知")
    return page.url.removeprefix(clerk.address).split("?")[0]


async def seat(page: Page, role: str) -> None:
    """The page shows one place more after each."""
    places = await page.locator("#seat-h + ul > li").count()
    await page.select_option("#role", role)
    await page.select_option("#member_seat", index=1 if role == "MEMBER" else 0)
    await page.uncheck("input[name=required]")
    await page.click("button:has-text('加上这一席')")
    await expect(page.locator("#seat-h + ul > li")).to_have_count(places + 1)


async def hold(clerk: Person, meeting: str) -> None:
    page = clerk.page
    await clerk.go(f"{meeting}/check-in")
    for box in await page.locator(".seats input[type=checkbox]").all():
        await box.check()
    await page.click("button:has-text('记下签到')")
    await clerk.go(f"{meeting}/minutes")
    for outcome in ("CONSENSUS", "NO_CONSENSUS"):
        form = page.locator("form[action*='/minutes/']").first
        await form.locator(f"input[value={outcome}]").check()
        await form.locator("textarea[name=agreed]").fill("接送车停到侧门外，先试两周。")
        left = await page.locator("form[action*='/minutes/']").count() - 1
        await form.locator("button[type=submit]").click()
        await expect(page.locator("form[action*='/minutes/']")).to_have_count(left)
    await clerk.go(f"{meeting}/end")
    await page.click("button:has-text('散会')")
    await expect(page.locator(".title .state").first).to_have_text("已召开")
