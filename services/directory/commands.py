"""What directory is asked to do: each fetches what the decision may look at, then decides."""

import asyncio
import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts.directory import TREE, Level
from contracts.permission import KEEPERS, must_be
from kernel.database import Database
from kernel.decider import Call
from kernel.handle import Command, Done, Store
from kernel.handler import Desk, Handler, service_actor
from kernel.seal.vault import Vault
from kernel.store import load
from services.directory import credentials, sessions
from services.directory.domain import account, organisation, seat
from services.directory.domain.account import ACCOUNT, Account, EndSessions, OpenAccount
from services.directory.domain.organisation import ORGANISATION, OpenOrganisation, Organisation
from services.directory.domain.seat import SEAT, OpenSeat, Seat

AT_ONCE = 64
"""As many as one statement of the group commit takes."""


async def set_desk(
    db: Database, _code: str, wish: organisation.Wish
) -> Desk[Organisation, organisation.Desk]:
    above = await level_of(db, getattr(wish, "located_in", None))
    return lambda _org, call: organisation.Desk(call, above)


async def level_of(db: Database, code: str | None) -> Level | None:
    """Of an organisation that is there; from its own stream, for a read model may be behind."""
    if code is None:
        return None
    past = await load(db, ORGANISATION.facts, ORGANISATION.id(code))
    state = ORGANISATION.decider.after(past.facts)
    return state.opened.level if state.opened and state.closed_on is None else None


async def set_seat_desk(db: Database, _seat_id: str, wish: seat.Wish) -> Desk[Seat, seat.Desk]:
    """Of the organisations only the one that the wish names is looked at."""
    code = wish.org_code if isinstance(wish, OpenSeat) else None
    active = frozenset({code} if code and await level_of(db, code) else ())
    return lambda _seat, call: seat.Desk(call, active)


async def set_account_desk(
    _db: Database, _account_id: str, _wish: account.Wish
) -> Desk[Account, Call]:
    return lambda _account, call: call


ORGANISATIONS = Handler(ORGANISATION, set_desk)
SEATS = Handler(SEAT, set_seat_desk)
ACCOUNTS = Handler(ACCOUNT, set_account_desk)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What no fact tells: how somebody signs in, and who it is."""

    login: str
    password: str
    name: str


async def open_account(
    store: Store, vault: Vault | None, ident: UUID, new: NewAccount, command: Command
) -> Done:
    """The card and the password first, the fact last: asked again, it is all the same."""
    must_be(command.by, KEEPERS)
    if vault is None:
        raise LookupError("directory was given no key for its vault (MAZHA_DIRECTORY_VAULT_KEY)")
    await credentials.add(store.db, new.login, ident, new.password)
    await vault.put(str(ident), {"name": new.name})
    return await ACCOUNTS.carry_out(store, str(ident), OpenAccount(), command)


async def end_sessions(store: Store, ident: UUID, command: Command) -> Done:
    done = await ACCOUNTS.carry_out(store, str(ident), EndSessions(), command)
    await sessions.end_all(store.db, ident)
    return done


def divisions(lines: Iterable[str], opened_on: date) -> Mapping[str, OpenOrganisation]:
    """By code, from a table `code,name,level,parent`."""
    return {
        row["code"]: OpenOrganisation(
            row["name"], Level(row["level"]), opened_on, row["parent"] or None
        )
        for row in csv.DictReader(lines)
    }


async def open_all(store: Store, wishes: Mapping[str, OpenOrganisation]) -> int:
    """From the top down, so that each finds the one above it. Asked again it does nothing again."""
    by_level: dict[Level, list[tuple[str, OpenOrganisation]]] = defaultdict(list)
    for code, wish in wishes.items():
        by_level[wish.level].append((code, wish))
    done = [await _open_level(store, by_level[level]) for level in TREE]
    return sum(not one.again for level in done for one in level)


async def _open_level(
    store: Store, wishes: Sequence[tuple[str, OpenOrganisation]]
) -> Sequence[Done]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(code: str, wish: OpenOrganisation) -> Done:
        ident = uuid5(NAMESPACE_URL, f"division:{code}:{wish.opened_on}")
        command = Command(ident, service_actor(store.source), ident)
        async with limit:
            return await ORGANISATIONS.carry_out(store, code, wish, command)

    return await asyncio.gather(*(one(code, wish) for code, wish in wishes))
