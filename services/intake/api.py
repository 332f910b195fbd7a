"""Intake over HTTP: what residents send, and codes at the gate."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from contracts.intake import TargetLevel
from kernel.web.commands import command_routes
from kernel.web.problems import PROBLEMS
from services.intake.commands import QRS, Raised, Said, raise_issue
from services.intake.domain import qr
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
    running, caller, root = base.running, base.caller, "/api/intake"
    yield command_routes(running.ready, QRS, qr.Wish, f"{root}/qrs", caller)
    router = APIRouter(prefix=root, responses=PROBLEMS)

    @router.post("/issues")
    async def submit(form: Form) -> Receipt:
        said = Said(**form.model_dump())
        raised = await raise_issue(running.ready(), running.vault, said)
        return receipt(running.ready().secret, raised)

    yield router


def receipt(secret: bytes, raised: Raised) -> Receipt:
    return Receipt(id=raised.id, code=raised.code, k=link_key(secret, raised.id))


def link_key(secret: bytes, issue: UUID, generation: int = 1) -> str:
    """Of the secret link on the receipt; a new generation ends the old links."""
    said = f"link:{issue}:{generation}".encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:32]
