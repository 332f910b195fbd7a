"""Which topics, meetings and notices belong to the history of a matter?"""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.envelope import About
from kernel.event import Event
from kernel.read.projection import Changes, Projection
from services.audit.domain.promised import belongs_to, names_others, promised


@dataclass(slots=True)
class Link:
    """`stream` says of itself that it belongs to the history of `of`."""

    link: str
    of: str = ""
    stream: str = ""
    source: str = ""


links = Projection(Link, key="link", version=1, indexes=("of",))


def keys(fact: Event, about: About) -> Sequence[str]:
    return [f"{of}/{about.stream}" for of in belongs_to(fact, about.stream)]


def linked(row: Link, _fact: Event, about: About) -> Changes:
    of, _, stream = row.link.partition("/")
    return {"of": of, "stream": stream, "source": about.source}


# A kind that joins them is heard from then on; raise the version to have the past read again.
for kind in promised().values():
    if names_others(kind):
        links.when(kind, keys=keys)(linked)
