"""Staff count stock and make coupons from the command line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def shop(run: Run, home: Path) -> Run:
    assert home.is_dir()
    run("db", "upgrade")
    run("demo", "load", "corner-shop")
    return run


def test_stock_is_counted_and_corrected(shop: Run) -> None:
    sku = shop("stock", "list", "corner-shop").out.split(":")[0]

    assert f"{sku}: 7 there" in shop("stock", "set", "corner-shop", sku, "7").out
    assert f"{sku}: 4 there" in shop("stock", "adjust", "corner-shop", sku, "-3").out
    assert f"{sku}: 4 there" in shop("stock", "list", "corner-shop", "--at-most", "4").out
    assert f"{sku}: not counted" in shop("stock", "set", "corner-shop", sku).out
    none = shop("stock", "adjust", "corner-shop", "NONE", "1")
    assert "corner-shop sells nothing with the SKU NONE." in none.err
    shop("stock", "set", "corner-shop", sku, "2")
    shop(
        "order", "add", "corner-shop", "+14155550101", "--item", f"{sku}=2", "--address", "Harare"
    )
    few = shop("stock", "set", "corner-shop", sku, "1")
    assert f"{sku}: 2 there, 2 promised" in few.err


def test_coupons_are_made_listed_and_deleted(shop: Run) -> None:
    made = shop(
        *("coupon", "add", "corner-shop", "spring 15", "--percent", "15", "--uses", "20"),
        *("--least", "5", "--until", "2026-12-31", "--once-each"),
    )
    said = "SPRING15: 15% off, used 0 of 20, from 5.00 USD, until 2026-12-31, once each"
    assert said in made.out
    assert said in shop("coupon", "list", "corner-shop").out
    again = shop("coupon", "add", "corner-shop", "SPRING15", "--amount", "2")
    assert "There is a coupon SPRING15 already." in again.err
    for wrong in ((), ("--percent", "5", "--amount", "1"), ("--percent", "101")):
        assert shop("coupon", "add", "corner-shop", "X1", *wrong).code != 0
    assert shop("coupon", "drop", "corner-shop", "spring15").code == 0
    assert "There is no coupon SPRING15." in shop("coupon", "drop", "corner-shop", "SPRING15").err
