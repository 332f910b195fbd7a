"""Budgets: what grows past them is hard to read, whatever it does (docs/decisions/0006)."""

import statistics

import pytest

from tests.architecture.tree import (
    PACKAGES,
    functions,
    kernel_core,
    length,
    lines,
    shown,
    sources,
)

ROOMS = {"read": 1_150, "wire": 1_000, "seal": 475, "proof": 350, "web": 1_200}
LONGEST_FILE = 300
LONGEST_FUNCTION = 30
USUAL_FUNCTION = 8


def test_the_kernels_core_is_small() -> None:
    assert sum(map(lines, kernel_core())) <= 1_500


@pytest.mark.parametrize(("room", "most"), ROOMS.items())
def test_each_room_of_the_kernel_is_small(room: str, most: int) -> None:
    assert sum(map(lines, sources(f"kernel/{room}"))) <= most


def test_no_file_is_long() -> None:
    long = {shown(path): lines(path) for path in sources(*PACKAGES) if lines(path) > LONGEST_FILE}
    assert long == {}


def test_no_function_is_long() -> None:
    long = {
        f"{shown(path)}:{function.lineno} {function.name}": length(function)
        for path in sources(*PACKAGES, kinds=(".py",))
        for function in functions(path)
        if length(function) > LONGEST_FUNCTION
    }
    assert long == {}


def test_most_functions_are_short() -> None:
    paths = sources(*PACKAGES, kinds=(".py",))
    assert statistics.median(length(f) for path in paths for f in functions(path)) <= USUAL_FUNCTION
