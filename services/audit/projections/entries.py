"""Which facts are told in one line, and where it stands among the others?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from services.audit.domain.causes import Node
from services.audit.domain.promised import about, rests_on
from services.audit.projections.steps import Gap, Step, with_gaps

GATHERED = {"ParticipantInvited": "邀请 {n} 个席位", "ParticipantCheckedIn": "{n} 个席位签到"}
"""Told in one line when they follow each other."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Facts that follow each other, or a gap."""

    node: Node
    steps: tuple[Step, ...]
    gap: Gap | None = None


def entries(found: Sequence[Step], every: bool) -> list[Entry]:
    """`found` are stream by stream, each in its order. `every`: each fact has a line of its own."""
    groups = groupby(enumerate(with_gaps(found)), key=lambda one: together(one[0], one[1], every))
    runs = [[one for _, one in group] for _, group in groups]
    heads = {step.id: run[0].id for run in runs for step in run}
    moments = moments_of(found)
    return [entry(run, heads, moments) for run in runs]


def together(place: int, one: Step | Gap, every: bool) -> tuple[object, ...]:
    """Equal for those that are told in one line."""
    if isinstance(one, Gap) or every or one.envelope.type not in GATHERED:
        return (place,)
    return (one.envelope.stream, one.envelope.type)


def moments_of(found: Iterable[Step]) -> dict[str, datetime]:
    """When each happened; of one stream never earlier than the one before, whatever clocks did."""
    moments: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    for step in found:
        told = step.envelope
        moments[step.id] = last[told.stream] = max(told.at, last.get(told.stream, told.at))
    return moments


def entry(
    run: Sequence[Step | Gap], heads: Mapping[str, str], moments: Mapping[str, datetime]
) -> Entry:
    head = run[0]
    if isinstance(head, Gap):
        after = head.before
        key = after.envelope.key
        return Entry(Node(head.id, moments[after.id], key, follows_on=False), (), head)
    told = head.envelope
    node = Node(
        id=head.id,
        at=moments[head.id],
        key=told.key,
        cause=heads.get(str(told.cause), ""),
        rests_on=rests_on(head.fact),
        about=about(head.fact),
    )
    return Entry(node, tuple(one for one in run if isinstance(one, Step)))
