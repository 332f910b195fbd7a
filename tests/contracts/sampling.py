"""A sample of each fact, made from its shape: `python -m tests.contracts.sampling` adds new ones.

A sample that was published stays for ever: it is what the city's old facts look like.
"""

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contracts
from kernel.event import Event

FOLDER = Path(contracts.__file__).parent / "samples"
SEALED = (
    "sealed:1:issue/00000000-0000-4000-8000-000000000001:00000000-0000-4000-8000-000000000002:0:"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
FIXED = {
    "uuid": "00000000-0000-4000-8000-000000000001",
    "date-time": "2026-09-24T10:00:00Z",
    "date": "2026-09-24",
    "sealed": SEALED,
}


def kinds() -> Iterator[type[Event]]:
    """Every fact that services promise each other."""
    for module in pkgutil.iter_modules(contracts.__path__):
        found = importlib.import_module(f"contracts.{module.name}")
        for _, kind in inspect.getmembers(found, inspect.isclass):
            if issubclass(kind, Event) and kind.__module__ == found.__name__:
                yield kind


def path(kind: type[Event], version: int) -> Path:
    return FOLDER / f"{kind.__name__}.v{version}.json"


def sample(kind: type[Event]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    made: dict[str, Any] = value({**schema, "type": "object"}, schema.get("$defs", {}))
    return made


def value(schema: dict[str, Any], defs: dict[str, Any]) -> Any:
    """Of a choice the first that is not null; of a list one."""
    if "$ref" in schema:
        return value(defs[schema["$ref"].rsplit("/", 1)[1]], defs)
    if choices := schema.get("anyOf"):
        return value(next(one for one in choices if one.get("type") != "null"), defs)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {name: value(one, defs) for name, one in schema["properties"].items()}
        case "object":
            name = value(schema.get("propertyNames", {}), defs)
            return {name: value(schema["additionalProperties"], defs)}
        case "array":
            return [value(schema["items"], defs)]
        case "integer":
            return max(1, schema.get("exclusiveMinimum", 0) + 1, schema.get("minimum", 0))
        case "number":
            return 1.5
        case "boolean":
            return True
        case _:
            return text(schema)


def text(schema: dict[str, Any]) -> str:
    if (form := schema.get("format")) in FIXED:
        return FIXED[form]
    return "620105001" if "pattern" in schema else "text"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for kind in kinds():
        where = path(kind, kind.schema_ver())
        if not where.exists():
            fact = kind.model_validate(sample(kind))
            where.write_text(json.dumps(json.loads(fact.written()), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
