"""Codes sent by text message: how many, how fast, and for how long one is good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kernel.decider import Refused

LIFE, PAUSE, TRIES = timedelta(minutes=5), timedelta(minutes=1), 5
LIMITS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))


def must_wait_no_more(sent: Sequence[datetime], now: datetime) -> None:
    """`sent`: when codes went out during the last day, the oldest first."""
    if sent and now < sent[-1] + PAUSE:
        raise Refused("passcode-sent-just-now", again=sent[-1] + PAUSE)
    for span, most in LIMITS:
        within = [at for at in sent if at > now - span]
        if len(within) >= most:
            raise Refused("passcodes-used-up", again=within[0] + span)
