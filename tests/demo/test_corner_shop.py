"""What other parts count on in the data of the corner shop."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from sokoni.demo.merchants import FOLDER, read_data

_JUDGED: Final = Path(__file__).parents[1] / "search/relevance/queries.yaml"


@cache
def _shelves() -> Mapping[str, Any]:
    shelves: Mapping[str, Any] = read_data(FOLDER / "corner-shop.data.yaml")["store"]
    return shelves


def _sold_from(category: str) -> list[Mapping[str, Any]]:
    return [one for one in _shelves()["products"] if category in one["categories"]]


def _skus() -> Iterator[str]:
    for product in _shelves()["products"]:
        yield product["sku"]
        yield from (variant["sku"] for variant in product.get("variants", ()))


def test_no_two_things_have_the_same_sku() -> None:
    skus = list(_skus())

    assert len(skus) == len(set(skus))


def test_coffee_and_tea_come_without_variants_and_several_are_in_stock() -> None:
    for category in ("drinks/coffee", "drinks/tea"):
        sold = _sold_from(category)

        assert not any("variants" in one for one in sold)
        assert sum(one["stock"] > 10 for one in sold) >= 5


def test_every_product_stands_on_a_shelf_that_there_is() -> None:
    known = {one["id"] for one in _shelves()["categories"]}

    assert {shelf for one in _shelves()["products"] for shelf in one["categories"]} <= known
    assert {name.rpartition("/")[0] for name in known} <= known | {""}


def test_a_variant_says_one_of_the_values_of_each_option() -> None:
    for product in _shelves()["products"]:
        for variant in product.get("variants", ()):
            assert list(variant["options"]) == list(product["options"])
            assert all(variant["options"][name] in of for name, of in product["options"].items())


def test_only_what_is_for_sale_is_judged_and_no_query_twice() -> None:
    judged = yaml.safe_load(_JUDGED.read_text("utf-8"))
    for_sale = {
        one["sku"] for one in _shelves()["products"] if one.get("status", "active") == "active"
    }

    assert len({one["query"] for one in judged}) == len(judged) >= 150
    assert {sku for one in judged for sku in one["grades"]} <= for_sale
    assert {grade for one in judged for grade in one["grades"].values()} == {1, 2, 3}
