"""The console's menu: what each seat may open, and what it is called."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from contracts.permission import COUNCIL, HANDLERS, HEADS, LIAISONS, STATION, Role

ALL = {*Role} - {Role.RESIDENT, Role.SERVICE}
SEARCHERS = ALL - {Role.SYS_ADMIN, Role.MEMBER}
"""Who may see matters; the others would find none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`count` answers a number for the menu, as a piece of a page; without an answer none shows."""

    key: str
    href: str
    icon: str
    words: str
    roles: frozenset[str]
    count: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    words: str
    entries: Sequence[Entry]


def entry(key: str, icon: str, words: str, roles: Set[Role], count: str | None = None) -> Entry:
    return Entry(key, f"/console/{key}", icon, words, frozenset(roles), count)


RAIL = (
    Group(
        "",
        [
            entry("desk", "desk", "我的桌面", ALL, "/console/desk/_count"),
            entry("queue", "inbox", "分拣台", STATION, "/console/routing/_count"),
            entry("notices", "bell", "消息", ALL, "/console/notify/_count"),
        ],
    ),
    Group(
        "办理",
        [
            entry("cases", "doc", "在办事项", STATION | HANDLERS | HEADS),
            entry("qrs", "pin", "门口的二维码", STATION | LIAISONS),
        ],
    ),
    Group("议事", [entry("topics", "street", "议题与会议", COUNCIL)]),
    Group("留痕", [entry("search", "find", "查找与历史", SEARCHERS)]),
)


def rail(role: str) -> list[Group]:
    """Only what this seat may open: an entry that leads to a refusal helps nobody."""
    mine = [Group(g.words, [e for e in g.entries if role in e.roles]) for g in RAIL]
    return [group for group in mine if group.entries]
