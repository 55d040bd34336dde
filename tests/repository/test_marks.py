"""Tests that run by a mark stand in a folder where `make` looks for that mark."""

import re

import pytest

from tests.repository.test_tracked_files import ROOT

_RUN = re.compile(r"-m (?P<mark>browser|kill|soak) (?P<folders>tests/.+)")
_MARKED = re.compile(r"pytest\.mark\.(browser|kill|soak)\b")


def looked_for() -> dict[str, list[str]]:
    text = (ROOT / "Makefile").read_text("utf-8")
    return {run["mark"]: run["folders"].split() for run in _RUN.finditer(text)}


@pytest.mark.parametrize("mark", ["browser", "kill", "soak"])
def test_every_marked_test_is_run_by_make(mark: str) -> None:
    marked = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("test_*.py")
        if mark in _MARKED.findall(path.read_text("utf-8"))
    ]
    folders = looked_for()[mark]

    assert marked
    assert [path for path in marked if not any(path.is_relative_to(one) for one in folders)] == []
