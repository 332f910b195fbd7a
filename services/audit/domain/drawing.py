"""A tree of causes as rows and lines: the branch that leads furthest keeps its parent's column."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.domain.causes import Parents

DEEPEST = 4
"""Columns beyond this one are drawn on it: a telephone is narrow."""
WIDE, HALF = 1.375, 0.55
"""In em: a column, and the middle of the first."""
MIDDLE, TOP, FOOT = "1.2em", "0", "100%"

Line = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands: x and y of its dot, and the lines that pass through its row."""

    id: str
    depth: int
    lines: tuple[Line, ...]
    y: str = MIDDLE

    @property
    def x(self) -> str:
        return x_of(self.depth)


@dataclass(frozen=True, slots=True)
class Turn:
    """One that is yet to be drawn; `through` are columns whose lines go on below it."""

    id: str
    depth: int
    through: tuple[int, ...] = ()
    beside: bool = False
    root: bool = False


def x_of(depth: int) -> str:
    return f"{min(depth, DEEPEST) * WIDE + HALF:.3f}em"


def drawn(order: Sequence[str], above: Parents) -> list[Place]:
    """`order` is as it happened; what comes back is as it is read, from the top."""
    below = children(order, above)
    sizes = size_of_each(order, above)
    waiting = [Turn(one, 0, root=True) for one in reversed(below[None])]
    places: list[Place] = []
    while waiting:
        turn = waiting.pop()
        mine = below[turn.id]
        places.append(Place(turn.id, min(turn.depth, DEEPEST), lines(turn, bool(mine))))
        waiting += reversed(turns(turn, mine, sizes))
    return places


def turns(turn: Turn, mine: Sequence[str], sizes: dict[str | None, int]) -> list[Turn]:
    """Those that branch off come first, in their order, then the one that leads furthest."""
    if not mine:
        return []
    main = max(reversed(mine), key=lambda one: sizes[one])
    through = (*turn.through, turn.depth)
    beside = [Turn(one, turn.depth + 1, through, beside=True) for one in mine if one != main]
    return [*beside, Turn(main, turn.depth, turn.through)]


def lines(turn: Turn, leads_on: bool) -> tuple[Line, ...]:
    x = x_of(turn.depth)
    found = [(x_of(column), TOP, x_of(column), FOOT) for column in turn.through]
    if turn.beside:
        found.append((x_of(turn.depth - 1), MIDDLE, x, MIDDLE))
    elif not turn.root:
        found.append((x, TOP, x, MIDDLE))
    if leads_on:
        found.append((x, MIDDLE, x, FOOT))
    return tuple(found)


def children(order: Sequence[str], above: Parents) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = defaultdict(list)
    for one in order:
        found[above[one]].append(one)
    return found


def size_of_each(order: Sequence[str], above: Parents) -> dict[str | None, int]:
    """How many each one led to, itself counted; effects stand behind their causes in `order`."""
    sizes: dict[str | None, int] = defaultdict(int)
    for one in reversed(order):
        sizes[one] += 1
        sizes[above[one]] += sizes[one]
    return sizes
