"""Which numbers of each stream have come: one by one, or how many where there are many."""

from services.audit.pages.history import numbers
from services.audit.projections.history import Stream


def stream(name: str, last: int, *missing: int) -> Stream:
    return Stream("notify", name, last, missing, chained=True)


def test_a_few_streams_say_their_numbers() -> None:
    assert numbers([stream("issue-1", 2), stream("case-1", 11)]) == [
        "事项 1–2 号，齐",
        "办理 1–11 号，齐",
    ]


def test_many_of_a_kind_are_counted_and_what_is_missing_is_named() -> None:
    many = [stream(f"notice-{n}", 3) for n in range(16)]
    assert numbers([*many, stream("notice-x", 3, 2)]) == [
        "通知到了第 3 号，缺第 2 号",
        "通知 16 条，都齐",
    ]
