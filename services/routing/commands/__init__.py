"""What routing is asked to do: each fetches what the decision may look at, then decides."""

from dataclasses import replace
from uuid import UUID, uuid5

from contracts.calendar import day_of
from contracts.meetings import MeetingHeld, TopicProposed
from contracts.stages import Stage
from kernel.database import Database
from kernel.decider import Call
from kernel.event import Kinds
from kernel.handle import Command, Done, Store
from kernel.handler import Desk as SetDesk
from kernel.handler import Handler
from kernel.read.heard import heard
from kernel.store import load
from registry.calendar import shipped
from registry.ground import ground
from services.routing.commands.photos import kept
from services.routing.domain import docket
from services.routing.domain.answer import AnswerIssue
from services.routing.domain.case import Case, Desk
from services.routing.domain.decider import CASE, Wish
from services.routing.domain.docket import DOCKET
from services.routing.domain.policy import Policy
from services.routing.domain.triage import AcceptIssue, RouteIssue

POLICY = "lz-default-1"
MEETING_FACTS: Kinds[MeetingHeld] = Kinds(MeetingHeld)
TOPIC_FACTS: Kinds[TopicProposed] = Kinds(TopicProposed)


async def set_desk(db: Database, issue_id: str, wish: Wish) -> SetDesk[Case, Desk]:
    here = await ground(db)
    held, photos = await met(db, wish), await kept(db, issue_id, wish)
    policy = Policy(POLICY, shipped())

    def desk(case: Case, call: Call) -> Desk:
        active = here.active(day_of(call.now))
        return Desk(call, policy, here.tree, active, about(held, issue_id, case), photos)

    return desk


Held = dict[UUID, MeetingHeld]


async def met(db: Database, wish: Wish) -> Held:
    """The meeting that an answer names, if it was held."""
    if not isinstance(wish, AnswerIssue) or wish.meeting_id is None:
        return {}
    stream = f"meeting-{wish.meeting_id}"
    facts = await heard(db, MEETING_FACTS, "meetings", stream)
    return {wish.meeting_id: facts[-1]} if facts else {}


def about(held: Held, issue_id: str, case: Case) -> frozenset[UUID]:
    """Those about this very matter, or about its topic."""
    return frozenset(
        meeting
        for meeting, fact in held.items()
        if issue_id in map(str, fact.issue_ids) or case.topic in fact.topic_ids
    )


async def set_docket_desk(
    db: Database, topic_id: str, _wish: docket.Wish
) -> SetDesk[docket.Docket, docket.Desk]:
    told = await heard(db, TOPIC_FACTS, "meetings", f"topic-{topic_id}")
    desk = docket.Desk(told[0] if told else None)
    return lambda _docket, _call: desk


CASES = Handler(CASE, set_desk)
DOCKETS = Handler(DOCKET, set_docket_desk)


Wishes = tuple[AcceptIssue, RouteIssue]


async def accept_and_route(store: Store, issue_id: str, wishes: Wishes, command: Command) -> Done:
    """In one press, as two commands: none of them where the second would be refused."""
    accept, route = wishes
    past = await load(store.db, CASE.facts, CASE.id(issue_id), command=command.id)
    case = CASE.decider.after(past.facts)
    if past.done is None and case.stage is Stage.ACCEPTED and command.seen == past.version:
        alone = replace(second(command), seen=command.seen)  # somebody accepted it meanwhile
        return await CASES.carry_out(store, issue_id, route, alone)
    if past.done is None and case.stage is Stage.SUBMITTED:
        await rehearse(store.db, issue_id, wishes, case, Call(command.by, past.now))
    await CASES.carry_out(store, issue_id, accept, command)
    return await CASES.carry_out(store, issue_id, route, second(command))


async def rehearse(db: Database, issue_id: str, wishes: Wishes, case: Case, call: Call) -> None:
    """Raises what the rules would say, one wish after the other."""
    desk = await set_desk(db, issue_id, wishes[1])
    for wish in wishes:
        case = CASE.decider.after(CASE.decider.decide(wish, case, desk(case, call)), case)


def second(command: Command) -> Command:
    """Of the same press: the screen was looked at for the first one."""
    return replace(command, id=uuid5(command.id, "second"), seen=None)
