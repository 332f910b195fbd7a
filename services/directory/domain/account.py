"""An account: somebody of the staff who may sign in. Who it is stands in the vault alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from contracts.directory import AccountOpened, SessionsEnded
from contracts.permission import KEEPERS, must_be
from kernel.decider import Call, Decider, Refused, Stream
from kernel.event import Kinds


@dataclass(frozen=True, slots=True)
class OpenAccount:
    pass


@dataclass(frozen=True, slots=True)
class EndSessions:
    """Whoever is signed in with this account is so no more."""


Wish = OpenAccount | EndSessions
Fact = AccountOpened | SessionsEnded
FACTS: Kinds[Fact] = Kinds(Fact)


@dataclass(frozen=True, slots=True)
class Account:
    opened: bool = False


def decide(wish: Wish, account: Account, call: Call) -> Sequence[Fact]:
    must_be(call.by, KEEPERS)
    match wish:
        case OpenAccount():
            return [] if account.opened else [AccountOpened()]
        case EndSessions():
            return end_sessions(account, call)
        case _:
            assert_never(wish)


def end_sessions(account: Account, call: Call) -> Sequence[Fact]:
    if not account.opened:
        raise Refused("no-such-account")
    return [SessionsEnded(before=call.now)]


def evolve(account: Account, fact: Fact) -> Account:
    match fact:
        case AccountOpened():
            return Account(opened=True)
        case SessionsEnded():
            return account
        case _:
            assert_never(fact)


decider: Decider[Wish, Account, Fact, Call] = Decider(Account(), decide, evolve)
ACCOUNT = Stream("account", "directory.events.v1", FACTS, decider)
