"""By which token somebody of the staff is known."""

from starlette.requests import Request

from registry.staff import COOKIE, SAFE, token_of


def asked(**headers: str) -> Request:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": pairs})


def test_outside_a_trial_no_cookie_counts_that_another_host_could_have_set() -> None:
    both = asked(cookie=f"{COOKIE}=theirs; {SAFE}=ours")
    assert (token_of(both, safe=True), token_of(both, safe=False)) == ("ours", "theirs")
    assert token_of(asked(cookie=f"{COOKIE}=theirs"), safe=True) == ""


def test_a_program_shows_its_token_itself() -> None:
    program = asked(authorization="Bearer its-own", cookie=f"{SAFE}=ours")
    assert token_of(program, safe=True) == "its-own"
