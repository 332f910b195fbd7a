"""What is logged or answered never shows a text that is to be sealed."""

from kernel.seal.sealed import Sealed
from kernel.web import log


def test_a_text_that_is_not_sealed_yet_hides_itself_in_a_line() -> None:
    line = log._json({"event": "x", "fact": Sealed("book", "in plain words")})
    assert b"in plain words" not in line
    assert b"book" in line
