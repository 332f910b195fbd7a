"""What the city's services tell each other, written from their code: `make docs`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

from kernel.event import Event
from kernel.web.service import Service
from trial.preparing import services

DOCS = Path(__file__).parents[2] / "docs"
EVENTS, ARCHITECTURE = DOCS / "events.md", DOCS / "architecture.md"
BEGIN, END = "<!-- generated: who tells and hears what -->", "<!-- end -->"
HEAD = """# Facts

Every fact that one service tells the others, with its fields, as the code declares them. It
travels as a CloudEvent on its topic, keyed so that what belongs together stays in order; a
`sealed` text opens only with its key. `make docs` writes this page.
"""


@dataclass
class Told:
    kind: type[Event]
    by: str
    stream: str
    topic: str
    heard: set[str] = field(default_factory=set)

    @property
    def public(self) -> bool:
        return self.kind.__module__.startswith("contracts.")


def service_of(name: str) -> Service:
    app: Any = import_module(f"services.{name}.app")
    return next(one for one in vars(app).values() if isinstance(one, Service))


def catalogue() -> Mapping[str, Told]:
    """Name of a fact → who tells it and who hears it."""
    city = {name: service_of(name) for name in services()}
    told = {one.kind.__name__: one for name, service in city.items() for one in of(name, service)}
    for name, service in city.items():
        for kind in {k for p in service.projections for k in p.kinds} | {
            k for r in service.reactions for k in r.kinds
        }:
            if kind in told and told[kind].by != name:
                told[kind].heard.add(name)
    return told


def of(name: str, service: Service) -> Iterator[Told]:
    for handler in service.handlers:
        for kind in handler.stream.facts.by_name.values():
            yield Told(kind, name, handler.stream.prefix, handler.stream.topic)


def events_page() -> str:
    found = [one for one in catalogue().values() if one.public]
    lines = [HEAD]
    for by in services():
        if mine := [one for one in found if one.by == by]:
            lines.append(f"## {by}\n")
            lines += [entry(one) for one in mine]
    return "\n".join(lines)


def entry(one: Told) -> str:
    kind, heard = one.kind, ", ".join(sorted(one.heard)) or "nobody yet"
    rows = "\n".join(f"| `{name}` | {shape(f)} |" for name, f in properties(kind).items())
    table = f"\n| field | shape |\n|---|---|\n{rows}\n" if rows else ""
    return (
        f"### {kind.__name__} (v{kind.schema_ver()})\n\n{cleandoc(kind.__doc__ or '')}\n\n"
        f"Stream `{one.stream}-…` on `{one.topic}`; heard by {heard}.\n{table}"
    )


def properties(kind: type[Event]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = kind.model_json_schema(mode="serialization").get("properties", {})
    return found


def shape(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(shape(one) for one in schema["anyOf"]).replace(
            " or null", ", may be absent"
        )
    if schema.get("type") == "array":
        return f"list of {shape(schema['items'])}"
    return str(schema.get("format") or schema.get("type") or "anything")


def architecture_table() -> str:
    rows = [
        f"| `{name}` | {one.by} | {', '.join(sorted(one.heard)) or '–'} |"
        for name, one in catalogue().items()
        if one.public
    ]
    return "\n".join([BEGIN, "", "| fact | told by | heard by |", "|---|---|---|", *rows, "", END])


def with_table(page: str) -> str:
    before, rest = page.split(BEGIN)
    return before + architecture_table() + rest.split(END)[1]


def main() -> None:
    EVENTS.write_text(events_page())
    ARCHITECTURE.write_text(with_table(ARCHITECTURE.read_text()))


if __name__ == "__main__":
    main()
