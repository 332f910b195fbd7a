"""What intake tells the city: what residents raise and say (domain.md 3.2).

Sealed under `reporter` is what the resident said: it ends with them. Sealed under `issue` is what
was redacted or written by staff: it stays.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kernel.event import Event
from kernel.seal.sealed import Sealed

Count = Annotated[int, Field(ge=0)]
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
"""Of an organisation."""


class Part(BaseModel):
    """A part of a fact, as frozen as the fact."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Channel(StrEnum):
    QR = "QR"
    WEB = "WEB"
    RECEPTION = "RECEPTION"
    PATROL = "PATROL"
    OUTREACH = "OUTREACH"
    PHONE = "PHONE"
    BRIDGE_12345 = "BRIDGE_12345"


class TargetLevel(StrEnum):
    """Whom the resident chose to tell: the street's liaison or the community's."""

    STREET = "STREET"
    COMMUNITY = "COMMUNITY"


class Target(Part):
    level: TargetLevel
    org_code: Code
    liaison_seat: UUID | None = None


class Location(Part):
    """`place` is in the resident's own words; the codes are public."""

    place: Sealed | None = None
    village_code: Code | None = None
    grid_code: Code | None = None


class Attachment(Part):
    """The file itself lies encrypted, with the reporter's key, or with the matter's where staff
    took it."""

    id: UUID
    mime: str
    sha256: str
    bytes: Count


class Consent(Part):
    notice_ver: str
    items: tuple[str, ...]
    at: AwareDatetime


class IssueSubmitted(Event):
    """A resident raised a matter. Nobody has looked at it yet."""

    public_code: str
    channel: Channel
    qr_id: UUID | None = None
    target: Target
    title: Sealed  # of the redacted text
    text: Sealed  # the resident's own words
    text_redacted: Sealed
    category_hint: str | None = None
    location: Location = Location()
    attachments: tuple[Attachment, ...] = ()
    reporter_ref: UUID | None  # None: nobody reported it, a patrol found it
    public_anonymous: bool = True
    consent: Consent | None  # None where there is no reporter
    on_behalf_by: UUID | None = None


class Solved(StrEnum):
    YES = "YES"
    PARTLY = "PARTLY"
    NO = "NO"


class EvaluationSource(StrEnum):
    SELF = "SELF"
    CALLBACK = "CALLBACK"


class IssueEvaluated(Event):
    """The resident says whether it is solved. A voice: what follows is routing's to decide."""

    round: int  # which answer it is about, counted from 1
    solved: Solved
    satisfaction: Annotated[int, Field(ge=1, le=5)]
    source: EvaluationSource = EvaluationSource.SELF
    comment: Sealed | None = None


class ReporterErased(Event):
    """The resident asked to be forgotten: the key of their words is destroyed."""

    reporter_ref: UUID


class QrIssued(Event):
    """A code at the gate opens the form of this organisation. The subject is the code's id."""

    org_code: Code
    place: str  # where it hangs, which is public


class QrRevoked(Event):
    """The form opens for the whole city only, with a notice."""

    replaced_by: UUID | None = None
