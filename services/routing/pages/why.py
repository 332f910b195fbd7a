"""Why a matter goes this way: the rules in order, what they looked at, and what was assumed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from contracts.calendar import day_of
from contracts.routing import IssueRouted
from registry.staff import Staff
from services.routing.domain.table import RULES, VERSION
from services.routing.pages.case import CASE_PAGE
from services.routing.pages.look import PAGES, file_of, name_of, opened, who
from services.routing.pages.suggesting import inputs
from services.routing.projections.case_file import Step
from skin.site import Base, console


def routes(base: Base) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(CASE_PAGE + "/why")
    async def why(
        request: Request, issue_id: UUID, by: Annotated[Staff, Depends(base.staff)]
    ) -> Response:
        file, here = await file_of(base, by, str(issue_id))
        assert file.raised is not None  # noqa: S101  file_of looked
        legs = [(s, leg) for s in file.steps if isinstance(leg := s.fact, IssueRouted)]
        reasons = [leg.override_reason for _, leg in legs if leg.override_reason]
        values = {
            "file": file,
            "raised": file.raised,
            "legs": [
                (leg, who(step.by, here), name_of(here, leg.lead_org), looked(step, leg))
                for step, leg in legs
            ],
            "texts": await opened(base.running.keyring, [file.raised.title, *reasons]),
            "inputs": inputs,
            "version": VERSION,
        }
        return PAGES.show(request, "why.html", 200, **console(by, "cases", **values))

    return router


def looked(step: Step, leg: IssueRouted) -> list[tuple[str, list[str], list[str]]]:
    """(rule, why it fits, what would have to hold), in the table's order, up to the one that fits.

    The table is today's; the fact names the rule that fitted then.
    """
    day = day_of(step.at)
    seen = []
    for rule in RULES:
        seen.append((rule.id, rule.why(leg.assessment, day), list(rule.reasons)))
        if rule.id == leg.rule_id:
            break
    return seen
