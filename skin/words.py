"""Every no in words a person can act on, in their language; dates as people here write them."""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from contracts.calendar import ZONE
from kernel.web.problems import Values, kernel_words

WEEKDAYS = "一二三四五六日"


def words(code: str, language: str, values: Values) -> str:
    """A code that is not ours may be the kernel's."""
    sentence = sentences()[language].get(code)
    if sentence is None:
        return kernel_words(code, language, values)
    return re.sub(r"\{(\w+)\}", lambda name: said(values.get(name[1], ""), language), sentence)


@cache
def sentences() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads(
        Path(__file__).with_name("words.json").read_text(encoding="utf-8")
    )
    return read


def said(value: object, language: str) -> str:
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, str) and value in names(language):
        return names(language)[value]
    if isinstance(value, Sequence) and not isinstance(value, str):
        between = "、" if language == "zh-CN" else ", "
        return between.join(said(one, language) for one in value)
    return str(value)


def names(language: str) -> dict[str, str]:
    """What stages, lanes, modes, roles and forms are called."""
    return sentences()[f"names {language}"]


def day(value: date, language: str) -> str:
    if language == "zh-CN":
        return f"{value.month}月{value.day}日 周{WEEKDAYS[value.weekday()]}"
    return f"{value:%a} {value.day} {value:%B}"


def moment(value: datetime, language: str) -> str:
    here = value.astimezone(ZONE)
    return f"{day(here.date(), language)} {here:%H:%M}"


def span(length: timedelta) -> str:
    """Of three days and more the hours say nothing."""
    minutes = max(0, int(length.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天" + (f" {hours} 小时" if hours and days < 3 else "")
    return f"{hours} 小时" + (f" {rest} 分" if rest else "") if hours else f"{rest} 分"
