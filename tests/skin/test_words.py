"""Every refusal of every service has words, in each language, that speak of what the rule gave."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from kernel.web.problems import LANGUAGES, kernel_words
from skin.forms import KINDS
from skin.words import names, sentences, words
from tests.architecture.tree import sources

NOES = ("Refused", "Forbidden", "Problem")
NEVER = ("尽快", "相关部门")


def refusals() -> Iterator[tuple[str, frozenset[str]]]:
    """(code, the names of its values), as the source says it."""
    for path in sources("services", "contracts", "album", "registry", "skin", kinds=(".py",)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NOES:
                given = frozenset(word.arg for word in node.keywords if word.arg)
                codes = [a.value for a in node.args if isinstance(a, ast.Constant)]
                yield from ((code, given) for code in codes if isinstance(code, str))


def of_forms() -> set[str]:
    """What is said of a form and its fields, with values that pydantic gives."""
    return {*KINDS.values(), "field-wrong", "fields-wrong", "form-sent-before"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_has_words_of_what_was_given(language: str) -> None:
    for code, given in refusals():
        sentence = sentences()[language].get(code) or kernel_words(code, language, {})
        assert sentence != code, f"{code} has no words in {language}"
        assert set(re.findall(r"\{(\w+)\}", sentence)) <= given, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_left_over(language: str) -> None:
    assert set(sentences()[language]) <= {code for code, _ in refusals()} | of_forms()


def test_both_languages_name_the_same() -> None:
    assert names("zh-CN").keys() == names("en").keys()


def test_words_promise_nothing_vague() -> None:
    said = [*sentences()["zh-CN"].values(), *names("zh-CN").values()]
    assert [text for text in said if any(word in text for word in NEVER)] == []


def test_dates_and_stages_are_said_as_people_say_them() -> None:
    at = datetime(2026, 9, 24, 10, tzinfo=UTC)
    assert words("notice-too-short", "zh-CN", {"earliest": at}).endswith("9月24日 周四 18:00。")
    assert "Thu 24 September 18:00" in words("notice-too-short", "en", {"earliest": at})
    closed = words("organisation-closed", "zh-CN", {"closed_on": date(2026, 3, 1)})
    assert "3月1日 周日" in closed
    assert "“已分派”" in words("not-now", "zh-CN", {"stage": "ROUTED"})
    missing = words("seats-missing", "zh-CN", {"roles": ["MEMBER", "PARTY"]})
    assert "政协委员、当事方" in missing
