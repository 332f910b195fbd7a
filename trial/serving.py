"""Any services of the city in one process, and what only a trial has beside them."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from kernel.web.build import Built, together
from kernel.web.settings import WrongSettings
from registry.settings import city_settings
from trial.clock import clock_routes


def built(names: Sequence[str]) -> list[Built]:
    """Each from its own settings. Raises WrongSettings in words, naming all that is wrong."""
    found, wrong = list[Built](), dict[str, None]()
    for name in names:
        app: Any = import_module(f"services.{name}.app")
        try:
            found.append(app.build(city_settings(name)))
        except WrongSettings as error:
            wrong |= dict.fromkeys(str(error).splitlines())
    if wrong:
        raise WrongSettings("\n".join(wrong))
    return found


def city(services: Sequence[Built]) -> ASGIApp:
    return together(services, trial_routes(services))


def trial_routes(services: Sequence[Built]) -> Sequence[BaseRoute]:
    if not all(one.running.settings.trial for one in services):
        return ()
    return clock_routes([one.running for one in services])
