"""What every scenario is: sides that are played in turn, and lines that judge them."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

from bench.figures import Line, Run
from bench.stage import Stage

Side = Callable[[], Awaitable[Run]]


class Scenario(ABC):
    """`full` and `quick` are its sizes; `rounds` how often it is played when it counts."""

    name: ClassVar[str]
    lines: ClassVar[Sequence[Line]]
    rounds: ClassVar[int] = 5
    full: ClassVar[int]
    quick: ClassVar[int]
    kafka: ClassVar[bool] = False

    def __init__(self, stage: Stage, quick: bool) -> None:
        self.stage, self.size = stage, self.quick if quick else self.full

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator[None]:
        """What all rounds need and no side is measured for."""
        yield

    @abstractmethod
    def sides(self) -> Mapping[str, Side]:
        """In the order in which a round plays them."""
