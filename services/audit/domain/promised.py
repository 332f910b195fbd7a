"""Every fact that the services promise each other, and which other subjects one of them names."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import TypeGuard
from uuid import UUID

from pydantic import BaseModel

import contracts
from kernel.event import Event

GROUND = ("meeting_id",)
"""Fields that name what a fact rests on: an answer, the meeting before it."""
ABOUT = ("topic_ids", "issue_ids", "topic_id", "issue_id")
"""Fields that name what the first fact of a subject is about, the nearest first."""
OF_ITS_OWN = ("issue", "case")
"""Streams of the matter itself: a topic or meeting that they name belongs to it anyway."""


@cache
def promised() -> Mapping[str, type[Event]]:
    """By name. A module that joins `contracts` is found by itself."""
    names = [module.name for module in pkgutil.iter_modules(contracts.__path__)]
    modules = [importlib.import_module(f"contracts.{name}") for name in names]
    found = (kind for module in modules for kind in vars(module).values())
    return {kind.__name__: kind for kind in found if is_fact(kind)}


def is_fact(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Event) and kind is not Event


def rests_on(fact: Event | None) -> tuple[str, ...]:
    return tuple(key for _, key in _named(fact, GROUND))


def about(fact: Event | None) -> tuple[str, ...]:
    return tuple(key for _, key in _named(fact, ABOUT))


def belongs_to(fact: Event, stream: str) -> list[str]:
    """The streams to whose history this one belongs, because it says so. Of a fact that names one
    matter alone nothing else counts: a meeting may be about several, its notices are not."""
    if stream.partition("-")[0] in OF_ITS_OWN:
        return []
    alone = [f"issue-{key}" for _, key in _named(fact, ("issue_id",))]
    return alone or [f"{name}-{key}" for name, key in _named(fact, (*ABOUT, *GROUND))]


def names_others(kind: type[Event]) -> bool:
    """Whether its facts may name another subject, themselves or in a part of theirs."""
    parts = [field.annotation for field in kind.model_fields.values()]
    models = [kind, *(part for part in parts if is_model(part))]
    return any(name in model.model_fields for model in models for name in (*GROUND, *ABOUT))


def is_model(part: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(part, type) and issubclass(part, BaseModel)


def _named(fact: Event | None, fields: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(what it is, its id), as `issue_ids` and `issue_id` say."""
    parts = [part for _, part in fact or () if isinstance(part, BaseModel)]
    for field in fields:
        values = [getattr(part, field, None) for part in (fact, *parts)]
        for one in chain.from_iterable(v if isinstance(v, tuple) else (v,) for v in values):
            if isinstance(one, UUID):
                yield field.partition("_")[0], str(one)
