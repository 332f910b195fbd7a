"""Intake over HTTP: what residents send, codes at the gate, and what other services may ask."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from contracts.intake import TargetLevel
from kernel.decider import Actor, Refused
from kernel.handle import Command
from kernel.seal.keyring import Missing
from kernel.seal.vault import Card
from kernel.web.commands import Answer, Bounded, asked_by, command_routes
from kernel.web.problems import PROBLEMS, Problem
from kernel.web.running import Running
from kernel.web.tokens import Claims
from registry.neighbours import asked_by_service
from services.intake.commands import ISSUES, QRS, album_of
from services.intake.commands.forgetting import forget
from services.intake.commands.links import link_key, opens, resident
from services.intake.commands.looks import look_at_card
from services.intake.commands.raising import Raised, Said, raise_issue, vault_of
from services.intake.domain import qr
from services.intake.domain.issue import Evaluate
from services.intake.domain.reporter import may_be_shown
from services.intake.projections.matter import by_id
from skin.site import Base

CONTACT = r"^(1[3-9]\d{9}|0\d{2,3}-?[2-8]\d{6,7}|[2-8]\d{6,7})$"


class Form(BaseModel):
    """The page “{org}社情民意收集”. `client_id` is made with the form: sent twice it is once."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    client_id: UUID
    org_code: Annotated[str, Field(max_length=40)]
    level: TargetLevel
    text: str
    name: Annotated[str, Field(min_length=1, max_length=50)]
    contact: Annotated[str, Field(pattern=CONTACT)]
    consents: Annotated[tuple[str, ...], Field(max_length=5)]
    notice_ver: Annotated[str, Field(max_length=20)]
    place: str = ""
    qr_id: UUID | None = None


class Receipt(BaseModel):
    """`k` opens everything about this matter: it is for the resident alone."""

    id: UUID
    code: str
    k: str


def routes(base: Base) -> Iterable[APIRouter]:
    running, root = base.running, "/api/intake"
    yield command_routes(running.ready, QRS, qr.Wish, f"{root}/qrs", base.caller)
    by_link = holder(running)
    yield command_routes(running.ready, ISSUES, Evaluate, f"{root}/issues", by_link)
    yield residents(running, root, by_link)
    yield inside(running)


def residents(
    running: Running, root: str, by_link: Callable[[Request], Awaitable[Actor]]
) -> APIRouter:
    router = APIRouter(prefix=root, responses=PROBLEMS, route_class=Bounded)
    album = album_of(running)

    @router.post("/issues")
    async def submit(form: Form) -> Receipt:
        said = Said(**form.model_dump())
        return receipt(
            running.ready().secret, await raise_issue(running.ready(), running.vault, said)
        )

    @router.post("/issues/{key}/erase-reporter")
    async def erase(key: UUID, command: Annotated[Command, Depends(asked_by(by_link))]) -> Answer:
        vault, reporter = vault_of(running.vault), command.by.id
        done = await forget(running.ready(), vault, album, key, reporter, command)
        return Answer(id=str(key), version=done.version)

    return router


def receipt(secret: bytes, raised: Raised) -> Receipt:
    return Receipt(id=raised.id, code=raised.code, k=link_key(secret, raised.id))


def holder(running: Running) -> Callable[[Request], Awaitable[Actor]]:
    """Who shows the key of the secret link acts for the resident."""

    async def caller(request: Request) -> Actor:
        issue, key = request.path_params["key"], request.headers.get("x-link-key", "")
        row = await by_id(running.db, issue)
        if row is None or not opens(running.ready().secret, issue, key):
            raise Problem(401, "link-key-wrong")
        return resident(row.reporter, issue)

    return caller


# ── what other services may ask ─────────────────────────────────────────────────────────────


class Address(BaseModel):
    reporter_ref: UUID
    issue_id: UUID


class Look(BaseModel):
    """Who asks has noted who looks and why. `leads`: whoever looks leads the matter; anybody else
    needs the resident's consent."""

    issue_id: UUID
    reason_given: bool
    leads: bool


def inside(running: Running) -> APIRouter:
    router = APIRouter(prefix="/internal/intake", include_in_schema=False)
    notifies = asked_by_service(running, "notify-reporter")
    sees = asked_by_service(running, "see-contact")

    @router.post("/reporter-address")
    async def address(ask: Address, by: Annotated[Claims, Depends(notifies)]) -> dict[str, Any]:
        """To send one message; who asks keeps nothing of it."""
        card = await card_for(running, ask.issue_id, by)
        return {"erased": True} if isinstance(card, Missing) else {"contact": card["contact"]}

    @router.post("/reporter-contact")
    async def contact(ask: Look, by: Annotated[Claims, Depends(sees)]) -> dict[str, Any]:
        await must_be_allowed(running, ask)
        card = await card_for(running, ask.issue_id, by)
        return {"erased": True} if isinstance(card, Missing) else dict(card)

    return router


async def must_be_allowed(running: Running, ask: Look) -> None:
    if not ask.reason_given:
        raise Refused("say-why-you-look")
    row = await by_id(running.db, str(ask.issue_id))
    if not may_be_shown(ask.leads, row.consents if row else ()):
        raise Refused("resident-did-not-agree")


async def card_for(running: Running, issue: UUID, by: Claims) -> Card | Missing:
    row = await by_id(running.db, str(issue))
    if row is None:
        raise Refused("no-such-issue")
    vault, asker = vault_of(running.vault), (by.iss, by.purpose)
    return await look_at_card(running.db, vault, issue, row.reporter, *asker)
