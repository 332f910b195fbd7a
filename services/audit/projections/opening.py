"""Who looks may read which sealed text? Opened when it is shown, and never kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.permission import Role
from kernel.decider import Actor
from kernel.seal.keyring import Keyring, Missing
from kernel.seal.sealed import Broken
from services.audit.domain.said import Text

WITHHELD, BROKEN = "withheld", "broken"
SECRET_TO = frozenset({Role.AUDITOR})
"""From whom the resident's own words are kept: they look on, and deal with nothing."""


@dataclass(frozen=True, slots=True)
class Shown:
    """`text` is None where it is not shown; `why` then says why not."""

    label: str
    text: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """`erased`: the resident asked to be forgotten. That holds at once, whatever key is at hand."""

    by: Actor
    erased: bool = False

    def refused(self, text: Text) -> str:
        if text.of_the_resident and self.erased:
            return Missing.ERASED.value
        return WITHHELD if text.of_the_resident and self.by.role in SECRET_TO else ""


async def opened(keyring: Keyring, reader: Reader, texts: Iterable[Text]) -> dict[str, Shown]:
    """By token."""
    asked = {text.token: text for text in texts}
    free = [token for token, text in asked.items() if not reader.refused(text)]
    found = await _open(keyring, free)
    return {
        token: _shown(text.label, found.get(token, reader.refused(text)))
        for token, text in asked.items()
    }


async def _open(keyring: Keyring, tokens: list[str]) -> Mapping[str, Shown | str]:
    """What was tampered with is told as such, and hides nothing else."""
    try:
        found = await keyring.open(tokens)
    except Broken:
        if len(tokens) == 1:
            return {tokens[0]: BROKEN}
        return {t: said for token in tokens for t, said in (await _open(keyring, [token])).items()}
    return {
        token: one.value if isinstance(one, Missing) else Shown("", one)
        for token, one in zip(tokens, found, strict=True)
    }


def _shown(label: str, found: Shown | str) -> Shown:
    return Shown(label, None, found) if isinstance(found, str) else Shown(label, found.text)
