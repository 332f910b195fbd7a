"""given(decider, *facts).when(wish, desk).then(*facts): the whole of a test of rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kernel.decider import Decider, Refused
from kernel.event import Event

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E", bound=Event)
W = TypeVar("W")


@dataclass(frozen=True)
class Outcome(Generic[E]):
    facts: Sequence[E]
    refusal: Refused | None = None

    def then(self, *expected: E) -> None:
        assert self.refusal is None, f"refused: {self.refusal}"
        assert list(self.facts) == list(expected)

    def then_nothing(self) -> None:
        self.then()

    def then_refused(self, code: str) -> None:
        assert self.refusal is not None, f"not refused: {self.facts}"
        assert self.refusal.code == code


@dataclass(frozen=True)
class Given(Generic[C, S, E, W]):
    decider: Decider[C, S, E, W]
    history: tuple[E, ...]

    def when(self, wish: C, desk: W) -> Outcome[E]:
        state = self.decider.after(self.history)
        try:
            return Outcome(self.decider.decide(wish, state, desk))
        except Refused as no:
            return Outcome((), no)


def given(decider: Decider[C, S, E, W], *history: E) -> Given[C, S, E, W]:
    return Given(decider, history)
