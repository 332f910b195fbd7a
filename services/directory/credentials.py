"""How staff prove who they are: a login name and a password, kept apart from all facts."""

import asyncio
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text

from kernel.database import Database
from kernel.decider import Refused
from kernel.web.problems import Problem

LEAST, LEAST_KINDS = 10, 3
# OWASP's least for argon2id: 19 MiB, twice over, one lane.
HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
AT_ONCE = 2
"""Hashing is slow on purpose: a crowd that signs in may not take all cores."""
hashing = asyncio.Semaphore(AT_ONCE)

ADD = text("""
insert into directory.credentials (login, account, password) values (:login, :account, :password)
on conflict do nothing
""")
# Counted before the password is looked at: guesses side by side are counted, too.
TRY = text("""
update directory.credentials
   set failures = case when locked_until is null then failures + 1 else 1 end,
       locked_until = case when locked_until is null and failures >= 4
                           then kernel.now() + interval '30 minutes' end
 where login = :login and (locked_until is null or locked_until <= kernel.now())
returning account, password
""")
HELD = text("""
update directory.credentials set failures = 0, locked_until = null where login = :login
""")
WHOSE = text("select account from directory.credentials where login = :login")
NOBODY = HASHER.hash("nobody has this password")


async def add(db: Database, login: str, account: UUID, password: str) -> None:
    """Raises Refused when the name is another's, the account has one, or the password is too
    simple."""
    must_be_strong(password)
    hashed = await hash_of(password)
    await db.do(ADD, {"login": login, "account": account, "password": hashed})
    found = await db.all(WHOSE, login=login)
    if not found:
        raise Refused("account-has-a-login")
    if found[0].account != account:
        raise Refused("login-taken")


def must_be_strong(password: str) -> None:
    tests = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    kinds = sum(any(test(c) for c in password) for test in tests)
    if len(password) < LEAST or kinds < LEAST_KINDS:
        raise Refused("password-too-simple", least=LEAST, kinds=LEAST_KINDS)


async def check(db: Database, login: str, password: str) -> UUID:
    """The account. Raises Problem 401: whatever it was, in the same words after the same time."""
    found = await db.all(TRY, login=login)
    known = found[0].password if found else NOBODY
    if not await fits(password, known) or not found:
        raise Problem(401, "wrong-sign-in")
    await db.do(HELD, {"login": login})
    account: UUID = found[0].account
    return account


async def hash_of(password: str) -> str:
    async with hashing:
        return await asyncio.to_thread(HASHER.hash, password)


async def fits(password: str, known: str) -> bool:
    async with hashing:
        return await asyncio.to_thread(HASHER.verify, password, known)
