"""Notify, wired."""

from collections.abc import Iterable
from functools import partial

from fastapi import APIRouter
from httpx2 import AsyncClient

from kernel.clock import now
from kernel.web.build import Built
from kernel.web.running import Transport
from kernel.web.service import Service
from registry.known import KNOWN
from registry.settings import CitySettings
from services.notify import api, pages
from services.notify.commands import ANNOUNCEMENTS, NOTICES, REMINDERS
from services.notify.live import Live
from services.notify.projections.inbox import inbox
from services.notify.projections.outbox import outbox
from services.notify.projections.tasks import tasks
from services.notify.reactions import reactions
from services.notify.sending import Sending
from services.notify.settings import SmsSettings, gateway_of, sms_settings
from skin.site import Base, site

NOTIFY = Service(
    "notify",
    [ANNOUNCEMENTS, NOTICES, REMINDERS],
    [*KNOWN, inbox, outbox, tasks],
    reactions.all,
    hears=["issue.events.v1", "meeting.events.v1", "directory.events.v1"],
)


def build(
    settings: CitySettings,
    transport: Transport | None = None,
    http: AsyncClient | None = None,
    sms: SmsSettings | None = None,
) -> Built:
    """Raises WrongSettings where text messages would go nowhere."""
    return site(NOTIFY, settings, partial(routes, sms or sms_settings()), transport, http)


def routes(settings: SmsSettings, base: Base) -> Iterable[APIRouter]:
    running, neighbours = base.running, base.neighbours
    trial = running.settings.trial
    sms = gateway_of(settings, trial, neighbours.http, partial(now, running.db))
    live = Live(running.db)
    running.own_steps["send"] = Sending(running, neighbours.ask, sms).step
    running.own_steps["live"] = live.step
    yield from api.routes(base, sms)
    yield from pages.routes(base, live, sms)
