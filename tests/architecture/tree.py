"""What the rules of the house look at: this repository's own source."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("kernel", "contracts", "album", "registry", "skin", "services", "trial")
KERNEL_ROOMS = ("read", "wire", "seal", "proof", "web", "migrations")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*folders: str, kinds: tuple[str, ...] = (".py", ".sql")) -> list[Path]:
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*")))
    return [path for path in found if path.suffix in kinds]


def kernel_core() -> list[Path]:
    own = ROOT / "kernel"
    return [
        path for path in sources("kernel") if path.relative_to(own).parts[0] not in KERNEL_ROOMS
    ]


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
