"""What is not dealt with here: declined with a reason, or handed to another channel. T4, T5."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from contracts.leaving import DeclineReason, IssueDeclined, IssueTransferred, TransferChannel
from contracts.routing import Urgency
from contracts.stages import Stage
from kernel.decider import Refused
from kernel.seal.sealed import Sealed
from services.routing.domain.case import Case, Desk, Fact

Explanation = Annotated[str, Field(min_length=20, max_length=2000)]
WhereTo = Annotated[str, Field(min_length=4, max_length=200)]
Reference = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]


@dataclass(frozen=True, slots=True)
class DeclineIssue:
    """`urgency` as the station sees it: an emergency is never declined."""

    reason: DeclineReason
    explanation: Explanation
    alternative: WhereTo
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class TransferOut:
    channel: TransferChannel
    explanation: Explanation
    external_ref: Reference | None = None


def decline(wish: DeclineIssue, case: Case, desk: Desk) -> Sequence[Fact]:
    case.at(Stage.SUBMITTED)
    desk.station(case)
    if wish.urgency is Urgency.EMERGENCY:
        raise Refused("never-decline-an-emergency")
    return [
        IssueDeclined(
            reason=wish.reason,
            explanation=Sealed("case", wish.explanation),
            alternative=Sealed("case", wish.alternative),
        )
    ]


def transfer(wish: TransferOut, case: Case, desk: Desk) -> Sequence[Fact]:
    case.at(Stage.SUBMITTED, Stage.ACCEPTED, Stage.IN_PROGRESS)
    desk.station(case)
    explanation = Sealed("case", wish.explanation)
    return [
        IssueTransferred(
            channel=wish.channel, external_ref=wish.external_ref, explanation=explanation
        )
    ]
