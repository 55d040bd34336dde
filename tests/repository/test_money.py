"""Money never meets a float: not in a type, not in a number, not in a conversion."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.repository.test_tracked_files import ROOT

SOURCE: Final = ROOT / "src" / "sokoni"
MONEY: Final = re.compile(
    r"(^|_)(price|prices|money|total|subtotal|cost|fee|deposit|discount|paid|refunded|tax|currency"
    r"|compare_at|least_total)($|_)"
)
"""Names of what is money."""
SECONDS: Final = frozenset({"kit/http.py", "testing/bench/figures.py"})
"""Where a total is one of seconds, or of messages."""


def findings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if _is_float_of_money(node):
            yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def _is_float_of_money(node: ast.AST) -> bool:  # noqa: PLR0911 -- one per way
    match node:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
            return bool(MONEY.search(name)) and _names_float(kind)
        case ast.arg(arg=name, annotation=kind) if kind is not None:
            return bool(MONEY.search(name)) and _names_float(kind)
        case ast.FunctionDef(name=name, returns=kind) if kind is not None:
            return bool(MONEY.search(name)) and _names_float(kind)
        case ast.Call(func=ast.Name(id="float"), args=[what]):
            return _is_money(what)
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=float())]):
            return True
        case ast.BinOp(left=left, right=right):
            return (_is_money(left) and _is_float(right)) or (_is_money(right) and _is_float(left))
        case _:
            return False


def _is_money(node: ast.AST) -> bool:
    names = (getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(node))
    return any(MONEY.search(name) for name in names)


def _is_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _names_float(kind: ast.AST) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "float" for one in ast.walk(kind))


def test_money_never_meets_a_float() -> None:
    files = [
        one for one in sorted(SOURCE.rglob("*.py")) if str(one.relative_to(SOURCE)) not in SECONDS
    ]

    assert len(files) > 500
    assert [one for path in files for one in findings(path)] == []


@pytest.mark.parametrize(
    "code",
    [
        "price: float = 0",
        "def total(one: int) -> float: ...",
        "def charge(fee: float | None) -> None: ...",
        "float(order.total)",
        "Decimal(0.1)",
        "order.price * 1.15",
        "0.5 * discount",
    ],
)
def test_each_way_to_lose_a_cent_is_found(code: str) -> None:
    tree = ast.parse(code)

    assert any(_is_float_of_money(node) for node in ast.walk(tree))
