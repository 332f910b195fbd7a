"""What a neighbour answers when it does not do what it was asked."""

from httpx2 import Response

from registry.neighbours import no_of


def test_the_no_of_a_rule_is_told_on_and_all_else_is_as_if_nobody_were_there() -> None:
    no = no_of(Response(409, json={"code": "resident-did-not-agree"}))
    assert (no.code, no.words) == ("resident-did-not-agree", {})
    full = no_of(Response(409, json={"code": "too-many", "values": {"most": 3}}))
    assert (full.code, full.words) == ("too-many", {"most": 3})
    for status in (303, 403, 422, 500, 503):
        assert no_of(Response(status, text="")).code == "neighbour-away"
