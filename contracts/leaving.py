"""What routing tells of matters that are not dealt with here: declined, or handed on."""

from enum import StrEnum

from kernel.event import Event
from kernel.seal.sealed import Sealed


class DeclineReason(StrEnum):
    OUT_OF_AREA = "OUT_OF_AREA"
    LEGAL_CHANNEL = "LEGAL_CHANNEL"
    CLOSED_SAME_MATTER = "CLOSED_SAME_MATTER"
    NO_SUBSTANCE = "NO_SUBSTANCE"
    ABUSE = "ABUSE"
    DUPLICATE_OF_OWN = "DUPLICATE_OF_OWN"


class IssueDeclined(Event):
    """The station does not take it on, and says why and where to go instead."""

    reason: DeclineReason
    explanation: Sealed
    alternative: Sealed


class TransferChannel(StrEnum):
    EMERGENCY_CALL = "110_119_120"
    HOTLINE = "12345"
    XINFANG = "XINFANG"
    COURT = "COURT"
    ARBITRATION = "ARBITRATION"
    DISCIPLINE = "DISCIPLINE"
    OTHER = "OTHER"


class IssueTransferred(Event):
    """It belongs to another channel and was handed on; the resident reads where and why."""

    channel: TransferChannel
    external_ref: str | None = None
    explanation: Sealed
