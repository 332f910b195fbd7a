"""What caused what, and how it is drawn."""

from datetime import UTC, datetime, timedelta

from services.audit.domain.causes import Node, in_order, lifted, parents
from services.audit.domain.drawing import drawn

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)


def node(
    id: str,
    minute: int = 0,
    key: str = "matter",
    cause: str = "",
    rests_on: tuple[str, ...] = (),
    about: tuple[str, ...] = (),
) -> Node:
    return Node(id, NOON + timedelta(minutes=minute), key, cause, rests_on, about)


def ids(nodes: list[Node]) -> str:
    return "".join(node.id for node in nodes)


def under(*nodes: Node) -> dict[str, str | None]:
    return parents(in_order(nodes))


def test_facts_stand_as_they_happened_and_equal_instants_as_they_were_given() -> None:
    assert ids(in_order([node("b", 2), node("c", 2), node("a", 1)])) == "abc"


def test_an_effect_never_stands_before_its_cause_whatever_the_clocks_say() -> None:
    early = [node("z", 0), node("effect", 1, cause="cause"), node("cause", 5)]
    assert [one.id for one in in_order(early)] == ["z", "cause", "effect"]


def test_causes_in_a_circle_end_nothing() -> None:
    assert sorted(ids(in_order([node("a", 1, cause="b"), node("b", 2, cause="a")]))) == ["a", "b"]


def test_what_a_person_did_follows_what_was_last_said_of_the_matter() -> None:
    told = under(node("a", 0), node("b", 1, cause="a command"), node("c", 2, cause="a"))
    assert told == {"a": None, "b": "a", "c": "a"}


def test_a_meeting_stands_under_its_topic_and_the_answer_under_the_meeting() -> None:
    told = under(
        node("routed", 0),
        node("topic", 1, key="t", about=("matter",)),
        node("worked on", 2),
        node("drafted", 3, key="m", about=("t", "matter")),
        node("held", 4, key="m", about=("t", "matter")),
        node("answered", 5, rests_on=("m",)),
    )
    assert told["topic"] == "routed"
    assert told["drafted"] == "topic"
    assert told["held"] == "drafted"
    assert told["answered"] == "held"


def test_nothing_stands_under_a_gap() -> None:
    gap = Node("gap", NOON, "m", follows_on=False)
    told = under(node("drafted", -1, key="m"), gap, node("noticed", 0, key="m"))
    assert told == {"drafted": None, "gap": "drafted", "noticed": "drafted"}


def test_what_is_not_shown_hands_its_place_to_the_next_above() -> None:
    above = {"a": None, "b": "a", "c": "b", "d": "c"}
    assert lifted(above, ["a", "d"]) == {"a": None, "d": "a"}
    assert lifted(above, ["c", "d"]) == {"c": None, "d": "c"}


def test_the_branch_that_leads_furthest_keeps_the_column() -> None:
    above = {"a": None, "sms": "a", "b": "a", "c": "b", "late": "c", "d": "c"}
    places = drawn(list(above), above)
    assert [(place.id, place.depth) for place in places] == [
        ("a", 0),
        ("sms", 1),
        ("b", 0),
        ("c", 0),
        ("late", 1),
        ("d", 0),
    ]


def test_lines_join_each_fact_to_the_one_above_and_pass_those_that_branch_off() -> None:
    above = {"a": None, "sms": "a", "b": "a"}
    a, sms, b = drawn(list(above), above)
    assert a.lines == (("0.550em", "1.2em", "0.550em", "100%"),)
    assert sms.lines == (
        ("0.550em", "0", "0.550em", "100%"),
        ("0.550em", "1.2em", "1.925em", "1.2em"),
    )
    assert b.lines == (("0.550em", "0", "0.550em", "1.2em"),)


def test_a_thousand_causes_in_a_row_are_drawn() -> None:
    names = [str(n) for n in range(5_000)]
    above = dict(zip(names, [None, *names], strict=False))
    assert [place.depth for place in drawn(names, above)] == [0] * 5_000
