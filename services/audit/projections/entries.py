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
NOTICES = "notify"
"""What became of one notice is told in one line: queued, sent, read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Facts that follow each other, or a gap."""

    node: Node
    steps: tuple[Step, ...]
    gap: Gap | None = None


def entries(found: Sequence[Step], made: Mapping[str, str], every: bool) -> list[Entry]:
    """`found` are stream by stream, each in its order; `made` leads over facts between them.
    `every`: each fact has a line of its own."""
    groups = groupby(enumerate(with_gaps(found)), key=lambda one: together(one[0], one[1], every))
    runs = [[one for _, one in group] for _, group in groups]
    heads = {step.id: run[0].id for run in runs for step in run}
    causes = {step.id: heads.get(cause_of(step, heads, made), "") for step in found}
    moments = moments_of(found)
    return [entry(run, causes, moments) for run in runs]


def cause_of(step: Step, heads: Mapping[str, str], made: Mapping[str, str]) -> str:
    cause = str(step.envelope.cause)
    for _ in made:  # no more than there are: a circle ends too
        if cause not in heads:
            cause = made.get(cause, cause)
    return cause


def together(place: int, one: Step | Gap, every: bool) -> tuple[object, ...]:
    """Equal for those that are told in one line."""
    if isinstance(one, Gap) or every:
        return (place,)
    if one.envelope.source == NOTICES:
        return (one.envelope.stream,)
    alike = one.envelope.type in GATHERED
    return (one.envelope.stream, one.envelope.type) if alike else (place,)


def moments_of(found: Iterable[Step]) -> dict[str, datetime]:
    """When each happened; of one stream never earlier than the one before, whatever clocks did."""
    moments: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    for step in found:
        told = step.envelope
        moments[step.id] = last[told.stream] = max(told.at, last.get(told.stream, told.at))
    return moments


def entry(
    run: Sequence[Step | Gap], causes: Mapping[str, str], moments: Mapping[str, datetime]
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
        cause=causes[head.id],
        rests_on=rests_on(head.fact),
        about=about(head.fact),
    )
    return Entry(node, tuple(one for one in run if isinstance(one, Step)))
