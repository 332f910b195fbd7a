"""A fact: what it is called, how it is written down, and how an old one is read."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args

import orjson
from pydantic import BaseModel, ConfigDict

Raw = dict[str, Any]
Lift = Callable[[Raw], Raw]


class Event(BaseModel):
    """Base of every fact. The class name is its name on the wire; its docstring is its meaning."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    lifts: ClassVar[tuple[Lift, ...]] = ()
    """Steps 1 to 2, 2 to 3 and so on; their number is the version, so the two cannot disagree."""

    @classmethod
    def schema_ver(cls) -> int:
        return len(cls.lifts) + 1

    def written(self, sealer: object = None) -> bytes:
        """The bytes that are stored, hashed and told. `sealer` closes the sealed fields."""
        return self.__pydantic_serializer__.to_json(self, context=sealer, warnings="error")


E_co = TypeVar("E_co", bound=Event, covariant=True)


class Stranger(LookupError):
    """A kind that this program has never heard of."""


class TooNew(LookupError):
    """A known kind in a version that only a newer program can read."""


class Kinds(Generic[E_co]):
    """The closed set of facts that one stream, reaction or projection reads."""

    def __init__(self, union: object) -> None:
        members: Iterable[type[E_co]] = get_args(union) or (cast(type[E_co], union),)
        self.by_name: dict[str, type[E_co]] = {cls.__name__: cls for cls in members}

    def read(self, name: str, version: int, data: bytes) -> E_co:
        """Strict, for our own store: what we wrote we must be able to read."""
        cls = self.by_name.get(name)
        if cls is None:
            raise Stranger(name)
        return read_fact(cls, version, data)

    def must_hold(self, fact: Event) -> None:
        """What we write we must be able to read."""
        if self.by_name.get(type(fact).__name__) is not type(fact):
            raise TypeError(f"{type(fact).__name__} is no fact of this stream")

    def hear(self, name: str, version: int, data: bytes) -> E_co | None:
        """Lenient, for what others tell: a stranger is kept in the journal and not read."""
        return self.read(name, version, data) if name in self.by_name else None


E = TypeVar("E", bound=Event)


def read_fact(cls: type[E], version: int, data: bytes) -> E:
    if version == cls.schema_ver():
        return cast(E, cls.__pydantic_validator__.validate_json(data))
    return cls.model_validate(lifted(cls, version, orjson.loads(data)))


def lifted(cls: type[Event], version: int, raw: Raw) -> Raw:
    if not 0 < version <= cls.schema_ver():
        raise TooNew(f"{cls.__name__} v{version}: this program reads up to v{cls.schema_ver()}")
    for lift in cls.lifts[version - 1 :]:
        raw = lift(raw)
    return raw
