"""Wording that nobody says is not kept: of the shop, of money, and of all that they do."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from sokoni.bootstrap import CAPABILITIES
from tests.demo.shipped import keys, words_in

_SOURCE: Final = Path(__file__).parents[2] / "src" / "sokoni"
_OURS: Final = re.compile(r"(menu\.)?(store|payments)\.")
_KEY: Final = re.compile(r"[a-z_]+(\\\.[a-z_]+)*\\\.")
"""A key's beginning up to what varies, escaped."""
_ENDINGS: Final = ("ask", "label", "why", "not_understood", "unclear", "declined")
"""What the engine says of a task and its slots by itself."""


_GLUED: Final = re.compile(r"[A-Za-z]\{(reference|amount|total|price|paid|day)\}").search


@cache
def said() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    """Return the texts in the source, and patterns of those of which parts vary."""
    nodes = [node for path in _SOURCE.rglob("*.py") for node in ast.walk(_tree(path))]
    texts = frozenset(
        node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str
    )
    joined = (_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr))
    return texts, tuple(re.compile(one) for one in joined if _KEY.match(one))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _pattern(node: ast.JoinedStr) -> str:
    parts = (
        re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z0-9_.]*"
        for one in node.values
    )
    return "".join(parts)


def by_the_engine() -> Iterator[str]:
    """Yield what the engine makes of the names of tasks and slots."""
    for task in (task for one in CAPABILITIES for task in one.tasks):
        yield f"menu.{task.name}"
        yield f"{task.name}.declined"
        for slot in task.form.slots():
            yield from (f"{task.name}.{slot}.{ending}" for ending in _ENDINGS)


def by_the_simulator() -> Iterator[str]:
    """Yield what its page says one may write, of every capability."""
    yield from (f"{one.name}.try" for one in CAPABILITIES)


def test_every_word_of_the_shop_and_of_money_is_said() -> None:
    texts, patterns = said()
    ours = {key for key in keys() if _OURS.match(key)}

    left = ours - texts - set(by_the_engine()) - set(by_the_simulator())

    assert ours
    assert sorted(key for key in left if not any(one.fullmatch(key) for one in patterns)) == []


@pytest.mark.parametrize("language", ["sn", "nd"])
def test_no_number_is_glued_to_the_word_before_it(language: str) -> None:
    glued = [key for key, text in words_in(language).items() if _OURS.match(key) and _GLUED(text)]

    assert glued == []
