"""A letter: written once for each cause."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.decider import Call, Decider, Stream
from kernel.event import Event, Kinds


@dataclass(frozen=True, slots=True)
class WriteLetter:
    to: str
    about: str


class LetterWritten(Event):
    """A letter lies in the tray."""

    to: str
    about: str


FACTS: Kinds[LetterWritten] = Kinds(LetterWritten)


def decide(wish: WriteLetter, letters: int, _call: Call) -> Sequence[LetterWritten]:
    return [] if letters else [LetterWritten(to=wish.to, about=wish.about)]


def evolve(letters: int, _fact: LetterWritten) -> int:
    return letters + 1


decider: Decider[WriteLetter, int, LetterWritten, Call] = Decider(0, decide, evolve)
LETTER = Stream("letter", "letters.v1", FACTS, decider)
