"""Accounts as rules: who keeps the directory opens them, and ends what is signed in."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.directory import AccountOpened, SessionsEnded
from contracts.permission import Role
from kernel.decider import Actor, Call, Refused
from services.directory.credentials import must_be_strong
from services.directory.domain.account import EndSessions, OpenAccount, decider
from tests.given import given

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
KEEPER = Call(Actor(UUID(int=1), Role.SYS_ADMIN, "6201"), NOW)
LIAISON = Call(Actor(UUID(int=2), Role.COMMUNITY_LIAISON, "620105001001"), NOW)


def test_who_keeps_the_directory_opens_an_account_once() -> None:
    given(decider).when(OpenAccount(), KEEPER).then(AccountOpened())
    given(decider, AccountOpened()).when(OpenAccount(), KEEPER).then()


def test_nobody_else_opens_an_account() -> None:
    given(decider).when(OpenAccount(), LIAISON).then_refused("not-in-your-seat")


def test_sessions_of_an_account_are_ended_as_of_now() -> None:
    given(decider, AccountOpened()).when(EndSessions(), KEEPER).then(SessionsEnded(before=NOW))
    given(decider).when(EndSessions(), KEEPER).then_refused("no-such-account")


@pytest.mark.parametrize(
    "password", ["short1A!", "alllowercase", "lowercase1234", "一二三四五六七八九十"]
)
def test_a_simple_password_is_refused(password: str) -> None:
    with pytest.raises(Refused, match="password-too-simple"):
        must_be_strong(password)


@pytest.mark.parametrize("password", ["Bailu-2026-road", "白银路Street2026", "aB3aB3aB3a"])
def test_a_password_of_three_kinds_is_taken(password: str) -> None:
    must_be_strong(password)
