"""docs/words.md knows every value that travels: a word that is not there is not in the code."""

import importlib
import inspect
import pkgutil
import re
from enum import StrEnum
from pathlib import Path

import contracts

PAGE = Path(__file__).parents[2] / "docs" / "words.md"


def values() -> dict[str, str]:
    """What travels → where it is declared."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(contracts.__path__):
        held = importlib.import_module(f"contracts.{module.name}")
        for name, kind in inspect.getmembers(held, inspect.isclass):
            if issubclass(kind, StrEnum) and kind is not StrEnum:
                found |= {one.value: f"{module.name}.{name}" for one in kind}
    return found


def test_every_value_that_travels_has_its_word() -> None:
    page = PAGE.read_text()
    said = {*re.findall(r"`([\w-]+)`", page), *"急难愁盼"}
    missing = {value: where for value, where in values().items() if value not in said}
    assert missing == {}, "add them to docs/words.md"


def test_no_english_word_stands_for_two_terms() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([a-z][a-z ,;]+) \|", PAGE.read_text(), re.MULTILINE)
    words = [word.strip() for row in rows for word in re.split("[,;]", row)]
    assert sorted(words) == sorted(set(words))
