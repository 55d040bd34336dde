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
    for wrong in (
        (),
        ("--percent", "5", "--amount", "1"),
        ("--percent", "101"),
        ("--amount", "NaN"),
        ("--amount", "0.001"),
        ("--amount", "1", "--least", "Infinity"),
    ):
        assert shop("coupon", "add", "corner-shop", "X1", *wrong).code != 0
    assert shop("coupon", "drop", "corner-shop", "spring15").code == 0
    assert "There is no coupon SPRING15." in shop("coupon", "drop", "corner-shop", "SPRING15").err


def test_a_product_is_shown_priced_and_taken_off_sale(shop: Run) -> None:
    priced = shop("product", "set", "corner-shop", "COF-101", "--price", "$4,75", "--before", "6")
    assert "4.75 USD, before 6.00 USD" in priced.out
    named = shop(
        *("product", "set", "corner-shop", "COF-101", "--name", "Kofi", "--language", "sn"),
        *("--before", "-", "--category", "drinks"),
    )
    assert "before" not in named.out
    assert ", active, by Honey Valley, in drinks\n" in named.out
    assert "COF-101: Honey Valley Ground Coffee 250 g" in named.out
    assert ", archived" in shop("product", "withdraw", "corner-shop", "COF-101").out
    listed = shop("product", "list", "corner-shop", "--status", "archived").out
    assert listed.startswith("COF-101: ")
    assert "active" not in listed
    assert ", active" in shop("product", "restore", "corner-shop", "COF-101").out
    assert "4.75 USD" in shop("product", "show", "corner-shop", "COF-101").out


def test_one_variant_is_priced_and_taken_off_sale(shop: Run, home: Path) -> None:
    file = home / "cups.csv"
    file.write_text("handle,name,sku,options,price\ncup,Cup,C-S,size: S,1\ncup,,C-L,size: L,2\n")
    shop("import", "products", file, "--merchant", "corner-shop")

    which = shop("product", "set", "corner-shop", "cup", "--price", "3")
    assert "cup has several variants, name one: C-S, C-L." in which.err
    shop("product", "set", "corner-shop", "C-L", "--price", "3")
    gone = shop("product", "withdraw", "corner-shop", "C-S").out
    assert gone.splitlines() == [
        "cup: Cup, active",
        "  C-S: not counted, withdrawn, size: S, 1.00 USD",
        "  C-L: not counted, size: L, 3.00 USD",
    ]
    assert "withdrawn" not in shop("product", "restore", "corner-shop", "C-S").out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("NONE", "--price", "1"), "corner-shop sells nothing with the SKU NONE."),
        (("COF-101", "--price", "1.234"), "1.234 can be read in two ways."),
        (("COF-101", "--price", "R5"), "it is in R, and the shop sells in USD."),
        (("COF-101", "--category", "moon"), "COF-101: moon is no category."),
        (("COF-101",), "Say what changes"),
    ],
)
def test_what_a_product_cannot_be_is_told(
    shop: Run, options: tuple[str, ...], complaint: str
) -> None:
    said = shop("product", "set", "corner-shop", *options)

    assert said.code != 0
    assert complaint in said.err
    assert "4.50 USD" in shop("product", "show", "corner-shop", "COF-101").out


def test_categories_are_made_named_and_taken_away(shop: Run) -> None:
    made = shop("category", "set", "corner-shop", "drinks/hot/herbal", "Herbal")
    assert made.out == "drinks/hot/herbal: Herbal\n"
    again = shop("category", "set", "corner-shop", "drinks/hot/herbal", "Herb tea")
    assert again.out == "drinks/hot/herbal: Herb tea\n"
    listed = shop("category", "list", "corner-shop").out
    assert "drinks/hot: Hot\ndrinks/hot/herbal: Herb tea\n" in listed
    assert "stand below drinks/hot" in shop("category", "drop", "corner-shop", "drinks/hot").err
    assert shop("category", "drop", "corner-shop", "drinks/hot/herbal").code == 0
    assert shop("category", "drop", "corner-shop", "drinks/hot").code == 0
    assert "no category" in shop("category", "drop", "corner-shop", "drinks/hot").err
    assert "is no path" in shop("category", "set", "corner-shop", "Drinks/ Hot", "Hot").err
