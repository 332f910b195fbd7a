"""What caused what: every fact under the one that led to it, and never before it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Parents = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Node:
    """`cause` is the envelope's: of a fact, or of a command when a person or a clock acted.

    Then `rests_on` are the subjects that the fact itself names as its ground; else it follows what
    was last said under its own `key`; the first of a key follows what it is `about`.
    """

    id: str
    at: datetime
    key: str
    cause: str = ""
    rests_on: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    follows_on: bool = True
    """Whether later ones may stand under it; a gap says nothing."""


def in_order(nodes: Sequence[Node]) -> list[Node]:
    """As it happened, yet no effect before its cause: the clocks of two services may disagree.

    Equal instants stay as they were heard.
    """
    by_id = {node.id: node for node in nodes}
    placed: dict[str, Node] = {}
    for node in sorted(nodes, key=lambda node: node.at):
        chain = {node.id: node}
        while (cause := by_id.get(node.cause)) and cause.id not in placed | chain:
            chain[cause.id] = node = cause
        placed |= {one.id: one for one in reversed(chain.values()) if one.id not in placed}
    return list(placed.values())


def parents(ordered: Sequence[Node]) -> dict[str, str | None]:
    """Of nodes in order: whom each one stands under."""
    found: dict[str, str | None] = {}
    last: dict[str, str] = {}
    for node in ordered:
        exact = node.cause if node.cause in found else None
        ground = [last[key] for key in (*node.rests_on, node.key, *node.about) if key in last]
        found[node.id] = exact or next(iter(ground), None)
        if node.follows_on:
            last[node.key] = node.id
    return found


def lifted(above: Parents, kept: Collection[str]) -> dict[str, str | None]:
    """When some are not shown, the others stand under the nearest one that is."""
    found: dict[str, str | None] = {}
    for one in kept:
        parent = above[one]
        while parent is not None and parent not in kept:
            parent = above[parent]
        found[one] = parent
    return found
