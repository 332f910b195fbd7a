"""Since when does nothing count any more that an account was signed in by?"""

from dataclasses import dataclass
from datetime import datetime

from contracts.directory import SessionsEnded
from kernel.envelope import About
from kernel.read.projection import Changes, Projection


@dataclass(slots=True)
class SessionEnd:
    account_id: str
    before: datetime | None = None


session_ends = Projection(SessionEnd, key="account_id", version=1)


@session_ends.when(SessionsEnded)
def ended(_row: SessionEnd, fact: SessionsEnded, _about: About) -> Changes:
    return {"before": fact.before}
