"""The sealed texts of facts, opened together: one question to the keyring for a whole page."""

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from kernel.seal.keyring import Keyring, Missing
from kernel.seal.sealed import Sealed

Texts = Mapping[str, str | Missing]
"""By token."""


async def opened(keyring: Keyring, facts: Iterable[object], *tokens: str | None) -> Texts:
    """Every sealed text in these facts, and of these tokens of read models."""
    found = {text.token for fact in facts for text in sealed_in(fact)}
    asked = sorted(found.union(token for token in tokens if token))
    return dict(zip(asked, await keyring.open(asked), strict=True))


def sealed_in(value: object) -> Iterator[Sealed]:
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, BaseModel):
        for _, part in value:
            yield from sealed_in(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from sealed_in(part)
