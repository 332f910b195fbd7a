"""The kernel knows no word of the trade, so that any trade may use it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import shown, sources

# Never, not even in a comment or a text.
ENGLISH = """appeal citizen community council district evaluation grid intake mediation meetings
petition qr resident residents rota supplement township triage"""
CHINESE = "街道 社区 乡镇 村 居民 网格 议题 会议 工单 退单 催办 首接 马扎"
TRADE = {*ENGLISH.split(), *CHINESE.split()}

# Ordinary words in a sentence or in SQL ("case when", "to issue a token"), but not as a name.
ORDINARY = """case cases duty issue issues matter meeting routing street"""
AS_NAMES = TRADE.union(ORDINARY.split())

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def words(text: str) -> set[str]:
    """Of an identifier in either style, or of a text; Chinese is found wherever it stands."""
    chinese = {word for word in CHINESE.split() if word in text}
    return chinese | {word.lower() for word in WORD.findall(text)}


def names(tree: ast.AST) -> Iterator[str]:
    """All that the code itself gives or uses; how others call their modules is their business."""
    for node in ast.walk(tree):
        fields = ("asname",) if isinstance(node, ast.alias) else ("id", "attr", "name", "arg")
        for field in fields:
            if isinstance(name := getattr(node, field, None), str):
                yield name


@pytest.mark.parametrize("path", sources("kernel"), ids=shown)
def test_no_text_of_the_kernel_speaks_of_the_trade(path: Path) -> None:
    assert words(path.read_text()) & TRADE == set()


@pytest.mark.parametrize("path", sources("kernel", kinds=(".py",)), ids=shown)
def test_no_name_in_the_kernel_is_of_the_trade(path: Path) -> None:
    found = {name for name in names(ast.parse(path.read_text())) if words(name) & AS_NAMES}
    assert found == set()


def test_a_word_is_found_in_either_style() -> None:
    tree = ast.parse("class IssueRouted: pass\ndef open_a_case(): ...\nmatch 1:\n  case 2: pass")
    found = {word for name in names(tree) for word in words(name) & AS_NAMES}
    assert found == {"issue", "case"}


def test_a_word_inside_another_is_none() -> None:
    assert words("casefold issuer gridlock") & AS_NAMES == set()


def test_chinese_is_found_inside_a_sentence() -> None:
    assert words("每个街道都有") & TRADE == {"街道"}
