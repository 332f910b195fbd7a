"""What routing tells while an answer waits for the head of whoever leads (T19, MAJOR matters)."""

from uuid import UUID

from pydantic import AwareDatetime

from contracts.intake import Attachment
from contracts.routing import AnswerResult
from kernel.event import Event
from kernel.seal.sealed import Sealed


class AnswerDrafted(Event):
    """The answer as the resident shall have it, once the head has approved it: then IssueAnswered
    says the same, and who approved it."""

    round: int
    nth: int  # of this matter: the head says which of them is meant
    result: AnswerResult
    reply: Sealed
    evidence: tuple[Attachment, ...] = ()
    meeting_id: UUID | None = None
    no_meeting_reason: Sealed | None = None
    next_review_on: AwareDatetime | None = None


class AnswerSentBack(Event):
    """The head wants it otherwise, and says what."""

    why: Sealed
