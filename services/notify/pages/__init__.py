"""Notify's pages: what to do today, what one was told, and a trial's text messages."""

from collections.abc import Iterable

from fastapi import APIRouter

from services.notify.live import Live
from services.notify.pages import desk, live_stream, notices, trial
from services.notify.sms import Sms, TrialSink
from skin.site import Base


def routes(base: Base, live: Live, sms: Sms) -> Iterable[APIRouter]:
    yield desk.routes(base)
    yield notices.routes(base)
    yield live_stream.routes(base, live)
    if isinstance(sms, TrialSink):
        yield trial.routes(sms)
