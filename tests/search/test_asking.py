"""Filters are read out of a shopper's words; the rest stays text."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.language.reading import Scene
from sokoni.search.asking import asked
from sokoni.search.base import Order, Query
from sokoni.search.vocabulary import Vocabulary
from tests.language.said import NoPlaces

SCENE = Scene(
    languages=("en", "sn", "nd"),
    country="ZW",
    currency="USD",
    now=datetime(2026, 3, 2, 9, tzinfo=UTC),
    places=NoPlaces(),
)
SHOP = Vocabulary(
    categories={"drinks": ["Drinks", "Zvinwiwa"], "drinks/coffee": ["Coffee"]},
    brands=["Honey Valley", "Kudu"],
    facets={"size": ["S", "M", "L", "42"], "colour": ["red", "navy blue"]},
)
FIVE, TEN, TWENTY = Decimal(5), Decimal(10), Decimal(20)


@pytest.mark.parametrize(
    ("said", "text", "read"),
    [
        ("coffee", "coffee", {}),
        ("coffee under 5", "coffee", {"price_max": FIVE}),
        ("coffee below $5", "coffee", {"price_max": FIVE}),
        ("coffee for less than five dollars", "coffee", {"price_max": FIVE}),
        ("shirts between 10 and 20", "shirts", {"price_min": TEN, "price_max": TWENTY}),
        ("shirts from 20 to 10", "shirts", {"price_min": TEN, "price_max": TWENTY}),
        ("shirt $10 - $20", "shirt", {"price_min": TEN, "price_max": TWENTY}),
        ("soap over 5 but under 10", "soap", {"price_min": FIVE, "price_max": TEN}),
        ("I have $5, what juice can I get", "juice", {"price_max": FIVE}),
        ("bread for 5 dollars", "bread", {"price_max": FIVE}),
        ("bread for 5", "bread 5", {}),
        ("rice under 5 kg", "rice 5 kg", {}),
        ("milk under R20", "milk", {}),
        ("cheapest coffee", "coffee", {"order": Order.CHEAPEST}),
        ("the most expensive coffee", "coffee", {"order": Order.DEAREST}),
        ("latest phone cases", "phone cases", {"order": Order.NEWEST}),
        ("best selling tea", "tea", {"order": Order.POPULAR}),
        ("red shoes size 42 in stock", "red shoes", {"facets": {"size": "42"}, "in_stock": True}),
        ("size 45 shoes", "shoes", {"facets": {"size": "45"}}),
        ("large size t-shirt", "t-shirt", {"facets": {"size": "L"}}),
        (
            "size m shirt in navy blue colour",
            "shirt",
            {"facets": {"size": "M", "colour": "navy blue"}},
        ),
        ("Kudu brand cups", "cups", {"brand": "Kudu"}),
        ("coffee by brand honey valley", "coffee", {"brand": "Honey Valley"}),
        ("anything cold in the drinks section", "cold", {"categories": ("drinks",)}),
        ("do you have any coffee please", "coffee", {}),
        ("Hi, I'm looking for 500 g coffee", "500 g coffee", {}),
        ("orange juice", "orange juice", {}),
        ("coffee mug", "coffee mug", {}),
        ("A15 cable", "A15 cable", {}),
        ("128GB card below $20", "128GB card", {"price_max": TWENTY}),
        ("3-ply tissue", "3-ply tissue", {}),
        ("cheapest", "", {"order": Order.CHEAPEST}),
        ("ndiri kuda kofi iri pasi pe 5", "kofi", {"price_max": FIVE}),
        ("mune sipo yakachipa here", "sipo", {"order": Order.CHEAPEST}),
        ("shangu saizi 42", "shangu", {"facets": {"size": "42"}}),
        ("ngifuna ikofi engaphansi kuka $5", "ikofi", {"price_max": FIVE}),
        ("ngicela isepa eshibhileyo", "isepa", {"order": Order.CHEAPEST}),
        ("", "", {}),
    ],
)
def test_reads_what_is_asked(said: str, text: str, read: dict[str, Any]) -> None:
    assert replace(asked(said, SCENE, SHOP), naming={}) == replace(Query(text=text), **read)


def test_words_that_name_a_category_mean_what_is_in_it_too() -> None:
    assert asked("cold drinks", SCENE, SHOP).naming == {"drinks": "drinks"}
    assert asked("zvinwiwa", SCENE, SHOP).naming == {"zvinwiwa": "drinks"}
    assert not asked("tea", SCENE, SHOP).naming


def test_knows_only_the_merchants_own_names() -> None:
    assert asked("size 42 Kudu brand", SCENE, Vocabulary()).facets == {}
    assert not asked("Kudu brand", SCENE, Vocabulary()).brand


def test_the_language_is_the_contacts() -> None:
    assert asked("tii", replace(SCENE, languages=("sn", "en")), SHOP).language == "sn"


@given(st.text(max_size=120))
def test_any_text_becomes_a_query(text: str) -> None:
    query = asked(text, SCENE, SHOP)

    assert query.price_min is None or query.price_min >= 0
    assert len(query.text) <= 2 * len(text) + 10


def test_a_merchants_own_words_are_filters_where_they_name_one() -> None:
    shop = Vocabulary(
        categories={"drinks": ["Drinks"]},
        brands=["Honey Valley"],
        facets={"Nhamba": ["42"], "colour": ["navy blue"]},
        synonyms=[
            ["drinks", "zvekunwa"],
            ["honey valley", "huchi"],
            ["nhamba", "fit"],
            ["navy blue", "bhuruu"],
        ],
    )

    assert asked("in the zvekunwa section", SCENE, shop).categories == ("drinks",)
    assert asked("huchi brand soap", SCENE, shop).brand == "Honey Valley"
    assert asked("shoes fit 42 colour bhuruu", SCENE, shop).facets == {
        "Nhamba": "42",
        "colour": "navy blue",
    }
