"""How did one matter come to where it is? All services' facts, each under what led to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from contracts.meetings import ItemDecided, MeetingHeld
from contracts.permission import Role
from kernel.database import Database
from kernel.decider import Actor
from kernel.seal.keyring import Keyring
from registry.ground import ground
from services.audit.domain.causes import in_order, parents
from services.audit.domain.said import Said, Text
from services.audit.domain.sayings import say
from services.audit.projections.entries import GATHERED, Entry, entries
from services.audit.projections.matters import seen
from services.audit.projections.opening import Reader, Shown, opened
from services.audit.projections.steps import MOST, Gap, Parked, Step, between, parked, steps

PERSON, CLOCK, FOLLOWING = "person", "clock", "following"


@dataclass(frozen=True, slots=True)
class Who:
    """`name` is what the organisation is called."""

    role: str
    org: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """`n` counts lines as it happened; `under` is the one it stands under, `because` the fact that
    made it, where the envelope says so; `count` are the facts told in it; `counted`: whether the
    state counts it, which it does not while the one before it is missing."""

    n: int
    service: str
    stream: str
    version: int
    kind: str
    what: str
    at: datetime
    under: int | None
    because: int | None = None
    who: Who | None = None
    how: str = PERSON
    rule: str = ""
    texts: tuple[Shown, ...] = ()
    count: int = 1
    gap: bool = False
    counted: bool = True
    public: bool = False


@dataclass(frozen=True, slots=True)
class Stream:
    """`missing`: versions that did not come. `chained`: each hash follows from the one before."""

    service: str
    stream: str
    last: int
    missing: tuple[int, ...]
    chained: bool


@dataclass(frozen=True, slots=True)
class History:
    """`cut`: there is more than one page shows."""

    issue_id: str
    code: str
    title: Shown
    stage: str
    lines: tuple[Line, ...]
    streams: tuple[Stream, ...]
    parked: tuple[Parked, ...]
    cut: bool


async def history(
    db: Database, keyring: Keyring, by: Actor, issue_id: str, every: bool = False
) -> History | None:
    """None where there is none for this seat. `every`: each fact has a line of its own."""
    matter = await seen(db, by, issue_id)
    if matter is None:
        return None
    found = await steps(db, issue_id)
    made = await between(db, found)
    erased = matter.erased or any(s.envelope.type == "ReporterErased" for s in found)
    told = {step.id: said(step, found) for step in found}
    title = Text("事由", matter.title)
    texts = [title, *(text for one in told.values() for text in one.texts)]
    shown = await opened(keyring, Reader(by, erased), texts)
    names = {code: place.name for code, place in (await ground(db)).places.items()}
    return History(
        issue_id=issue_id,
        code=matter.code,
        title=shown[title.token],
        stage=matter.stage,
        lines=tuple(Telling(told, shown, names).lines(entries(found, made, every))),
        streams=tuple(streams(found)),
        parked=tuple(await parked(db, [issue_id, *(s.envelope.key for s in found)])),
        cut=len(found) >= MOST,
    )


def said(step: Step, found: Sequence[Step]) -> Said:
    """Of a meeting that was held also what it agreed on, item by item."""
    one = say(step.envelope.type, step.fact)
    if not isinstance(step.fact, MeetingHeld):
        return one
    items = [s.fact for s in found if s.envelope.stream == step.envelope.stream]
    agreed = [(i.no, i.agreed) for i in items if isinstance(i, ItemDecided) and i.agreed]
    more = [Text(f"第 {no} 项商定", sealed.token) for no, sealed in agreed]
    return Said(one.what, (*one.texts, *more), one.rule, one.public)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is needed to put facts into lines: what each says, what of it is shown, who is who."""

    told: Mapping[str, Said]
    shown: Mapping[str, Shown]
    names: Mapping[str, str]

    def lines(self, given: Sequence[Entry]) -> Iterator[Line]:
        by_id = {entry.node.id: entry for entry in given}
        ordered = in_order([entry.node for entry in given])
        above, numbers = parents(ordered), {node.id: n for n, node in enumerate(ordered, 1)}
        for n, node in enumerate(ordered, 1):
            one, under = by_id[node.id], numbers.get(above[node.id] or "")
            if one.gap:
                yield gap_line(n, one.gap, under)
            else:
                yield self.line(n, one, under, numbers.get(node.cause))

    def line(self, n: int, entry: Entry, under: int | None, because: int | None) -> Line:
        head = entry.steps[0]
        envelope, one = head.envelope, self.told[head.id]
        return Line(
            n=n,
            service=envelope.source,
            stream=envelope.stream,
            version=envelope.version,
            kind=envelope.type,
            what=self.what(entry.steps),
            at=envelope.at,
            under=under,
            because=because,
            who=self.who(envelope.actor),
            how=how(envelope.actor, because),
            rule=one.rule,
            texts=tuple(self.labelled(text) for text in one.texts),
            count=len(entry.steps),
            counted=not any(step.waits for step in entry.steps),
            public=one.public,
        )

    def what(self, of_one: Sequence[Step]) -> str:
        alike = GATHERED.get(of_one[0].envelope.type)
        if alike and len(of_one) > 1:
            return alike.format(n=len(of_one))
        return "；".join(self.told[step.id].what for step in of_one)

    def who(self, actor: Actor) -> Who:
        return Who(actor.role, actor.org, self.names.get(actor.org, actor.org))

    def labelled(self, text: Text) -> Shown:
        """One text may stand in two lines, under two names."""
        one = self.shown[text.token]
        return Shown(text.label, one.text, one.why)


def how(actor: Actor, because: int | None) -> str:
    if actor.role != Role.SERVICE:
        return PERSON
    return CLOCK if because is None else FOLLOWING


def gap_line(n: int, gap: Gap, under: int | None) -> Line:
    after = gap.before.envelope
    return Line(
        n=n,
        service=after.source,
        stream=after.stream,
        version=gap.first,
        kind="",
        what=f"这里缺 {gap.last - gap.first + 1} 步",
        at=after.at,
        under=under,
        count=gap.last - gap.first + 1,
        gap=True,
        counted=False,
    )


def streams(found: Sequence[Step]) -> Iterator[Stream]:
    for (service, name), group in groupby(found, lambda s: (s.envelope.source, s.envelope.stream)):
        of_one = list(group)
        there = {step.envelope.version for step in of_one}
        missing = tuple(n for n in range(1, max(there)) if n not in there)
        chained = all(step.chained for step in of_one)
        yield Stream(service, name, max(there), missing, chained)
