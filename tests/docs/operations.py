"""What an operator sets, runs and watches, written from the code into docs/operations.md."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from kernel.web.metrics import GAUGES, LABELS
from registry.settings import CitySettings, kind_of
from tests.docs.catalogue import DOCS
from trial.command import app
from trial.preparing import folder_of, services

PAGE = DOCS / "operations.md"


def settings_table() -> str:
    rows = ["| setting | without it | what it is |", "|---|---|---|", *shared(), *own()]
    return "\n".join(rows)


def shared() -> Iterator[str]:
    """Those of every service; a key is needed by some alone."""
    for name, field in CitySettings.model_fields.items():
        needed = [s for s in services() if kind_of(s).model_fields[name].is_required()]
        yield row(str(field.validation_alias or f"MAZHA_<SERVICE>_{name.upper()}"), field, needed)


def own() -> Iterator[str]:
    for kind in own_settings():
        for name, field in kind.model_fields.items():
            yield row(f"{kind.model_config['env_prefix']}{name.upper()}", field, [])


def own_settings() -> Iterator[type[BaseSettings]]:
    """What a service asks besides, in a `settings.py` of its own."""
    for service in services():
        here = folder_of(service)
        if here and (here / "settings.py").exists():
            module = import_module(f"services.{service}.settings")
            for kind in vars(module).values():
                if isinstance(kind, type) and kind.__module__ == module.__name__:
                    yield kind


def row(setting: str, field: FieldInfo, needed: list[str]) -> str:
    return f"| `{setting}` | {without(field, needed)} | {field.description} |"


def without(field: FieldInfo, needed: list[str]) -> str:
    if field.is_required():
        return "does not start"
    if needed:
        return f"{', '.join(needed)} do not start"
    default = field.get_default(call_default_factory=True, validated_data={})
    return "–" if default in (None, "", {}) else f"`{default}`"


def commands_table() -> str:
    """Each with its options, and the setting that says the same."""
    found: Mapping[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    rows = ["| command | what it does | options |", "|---|---|---|"]
    rows += [
        f"| `mazha {name}{' [service …]' if takes_names(command) else ''}` | {command.help} | "
        f"{', '.join(options(command)) or '–'} |"
        for name, command in found.items()
    ]
    return "\n".join(rows)


def takes_names(command: Any) -> bool:
    return any(param.name == "names" for param in command.params)


def options(command: Any) -> Iterator[str]:
    for param in command.params:
        if param.param_type_name == "option":
            env = f" (`{param.envvar}`)" if param.envvar else ""
            yield f"`{param.opts[0]}`{env}"


def gauges_table() -> str:
    rows = ["| gauge | what it says |", "|---|---|"]
    for name, meaning in GAUGES.items():
        labels = f"{{{', '.join(LABELS[name])}}}" if name in LABELS else ""
        rows.append(f"| `kernel_{name}{labels}` | {meaning} |")
    return "\n".join(rows)


TABLES = {"settings": settings_table, "commands": commands_table, "gauges": gauges_table}


def with_tables(page: str) -> str:
    for name, table in TABLES.items():
        begin, end = f"<!-- generated: {name} -->\n", f"<!-- end of {name} -->"
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{table()}\n\n{end}{rest.split(end)[1]}"
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
