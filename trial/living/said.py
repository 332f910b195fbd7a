"""What residents of the trial say. All of it is made up, and so are they."""

from typing import NamedTuple

from trial.living.people import COMMUNITIES, TOWNS, Place

TO_COMMUNITY, TO_STREET = "COMMUNITY", "STREET"


class Said(NamedTuple):
    level: str
    text: str
    place: str
    name: str


LAMP = Said(
    TO_COMMUNITY,
    "三号楼二单元的楼道灯坏了一个星期，晚上老人下楼看不见。",
    "三号楼二单元",
    "张秀兰",
)
GARBAGE = Said(
    TO_COMMUNITY,
    "两栋楼拐角的空地又堆满了垃圾，一楼窗户都不敢开。",
    "5号楼和6号楼之间",
    "李建国",
)
SCHOOL = Said(
    TO_STREET,
    "学校门口早晚接送车、公交和摊点挤在一起，孩子过马路很危险。",
    "学校正门外",
    "王敏",
)
WATER = Said(
    TO_COMMUNITY,
    "今早起第一新村几栋楼都没有水，做饭都成问题，听说总阀又关了。",
    "第一新村92号",
    "赵玉芳",
)
GARDEN = Said(
    TO_COMMUNITY,
    "楼拐角的荒地里有老鼠，怕孩子跑进去玩，能不能整一整。",
    "95号楼旁",
    "陈芳",
)
NOISE = Said(
    TO_COMMUNITY,
    "楼下广场舞的音响每晚开到九点半，孩子没法写作业。",
    "小广场",
    "刘洋",
)

PEILI, XUJIAXIANG, TIANSHUINAN = TOWNS[6], COMMUNITIES[0], COMMUNITIES[1]
WAITING_AT: tuple[tuple[Place, Said], ...] = (
    (
        PEILI,
        Said(
            TO_COMMUNITY,
            "巷口的路灯坏了三盏，老人晚上不敢走。",
            "巷口",
            "吴桂英",
        ),
    ),
    (
        PEILI,
        Said(
            TO_STREET,
            "几个小区的老楼都想加装电梯，请街道帮着问问怎么办。",
            "三个小区",
            "郑红",
        ),
    ),
    (
        XUJIAXIANG,
        Said(
            TO_COMMUNITY,
            "夜里没人开水阀，晚上回来没有水用。",
            "第一新村95号",
            "孙丽",
        ),
    ),
    (
        TIANSHUINAN,
        Said(
            TO_COMMUNITY,
            "垃圾车进不来，垃圾越堆越多，味道很大。",
            "97号楼",
            "钱伟",
        ),
    ),
)
