"""What was looked for comes back out of an address, and only with the secret of its service."""

from urllib.parse import parse_qs

from fastapi import Request

from skin.asked import address_of, asked


def request(query: str) -> Request:
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def test_words_come_back_out_of_an_address_that_does_not_show_them() -> None:
    address = address_of(b"secret", "第一新村92号", page=2)
    assert "%E7%AC%AC" not in address and "92" not in parse_qs(address[1:])
    assert asked(b"secret", request(address[1:])) == "第一新村92号"
    assert parse_qs(address[1:])["page"] == ["2"]
    assert address != address_of(b"secret", "第一新村92号", page=2)


def test_an_address_that_was_changed_asks_for_nothing() -> None:
    address = address_of(b"secret", "第一新村")[1:]
    assert asked(b"another", request(address)) == ""
    for wrong in (address[:-4], "for=", "for=%FF", "for=YWJj", "page=2"):
        assert asked(b"secret", request(wrong)) == ""


def test_who_writes_an_address_by_hand_is_answered() -> None:
    assert asked(b"secret", request("q=%20%E8%B7%AF%E7%81%AF")) == "路灯"
