"""What a matter is about: level 1 verbatim from the city's list (domain.md 11)."""

from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    MACRO = "MACRO"
    MICRO = "MICRO"


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    name: str
    scale: Scale


_NAMES = {
    Scale.MACRO: {
        "A1": "经济发展",
        "A2": "城市管理",
        "A3": "基础设施",
        "A4": "环境治理",
        "A5": "道路交通",
        "A6": "上学就医",
        "X1": "征收改造",
        "X2": "乡风文明",
        "X3": "就业培训",
    },
    Scale.MICRO: {
        "B1": "物业管理",
        "B2": "冬季取暖",
        "B3": "用水用电",
        "B4": "小区环境",
        "B5": "邻里矛盾",
        "B6": "环境卫生",
        "X4": "政策法律咨询",
        "X9": "其他",
    },
}
CATEGORIES = {
    code: Category(code, name, scale)
    for scale, names in _NAMES.items()
    for code, name in names.items()
}
