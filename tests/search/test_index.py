"""The contract of search, held by every engine on every database that it runs on."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.demo.merchants import delete_data
from sokoni.search.base import Order
from sokoni.search.index import Index, index_for
from sokoni.search.models import SearchTerm, SearchToken
from sokoni.search.tokens import TokenEngine
from tests.conftest import THREE
from tests.search.factories import Shop, a_document

pytestmark = pytest.mark.parametrize(
    ("database_url", "plain"),
    [*((kind, False) for kind in THREE), ("sqlite", True), ("postgresql", True)],
    indirect=["database_url"],
)


@pytest.fixture
def shop(session: AsyncSession, plain: bool) -> Shop:
    return Shop(session, Index(TokenEngine()) if plain else index_for(session))


async def test_finds_what_has_all_words(shop: Shop) -> None:
    await shop.put(
        a_document("Ground Coffee", words=["filter"]),
        a_document("Instant Coffee", body="Not for a filter."),
        a_document("Filter Paper"),
    )

    assert await shop.names("filter coffee") == ["Ground Coffee", "Instant Coffee"]


async def test_a_name_counts_more_than_other_words_and_they_more_than_a_description(
    shop: Shop,
) -> None:
    await shop.put(
        a_document("Grinder", body="Grinds coffee."),
        a_document("Grounds", words=["coffee"]),
        a_document("Arabica Coffee"),
    )

    assert await shop.names("coffee") == ["Arabica Coffee", "Grounds", "Grinder"]


async def test_the_exact_name_comes_first_however_little_it_is_sold(shop: Shop) -> None:
    await shop.put(
        a_document("Milk Chocolate", popularity=5000, words=["milk"]),
        a_document("Milk"),
        *(a_document(f"Milk Number {number}", popularity=100) for number in range(400)),
    )

    assert (await shop.names("milk"))[0] == "Milk"


async def test_what_is_in_demand_comes_first_and_what_is_gone_later(shop: Shop) -> None:
    await shop.put(
        a_document("Green Tea", popularity=1),
        a_document("Black Tea", popularity=90),
        a_document("White Tea", popularity=100, in_stock=False),
    )

    assert await shop.names("tea") == ["Black Tea", "Green Tea", "White Tea"]
    assert await shop.names("tea", in_stock=True) == ["Black Tea", "Green Tea"]
    assert await shop.names("tea", in_stock=False) == ["White Tea"]


async def test_nobody_finds_what_is_another_merchants(shop: Shop) -> None:
    await Shop(shop.session, shop.index).put(a_document("Coffee"))
    await shop.put(a_document("Coffee", shelf="library.books"))

    assert not (await shop.find("coffee")).hits
    assert not (await shop.find("cofee")).hits
    assert not (await shop.find()).hits


async def test_putting_the_same_again_changes_nothing(shop: Shop) -> None:
    coffee, tea = a_document("Coffee", price=Decimal("4.50")), a_document("Tea")

    assert await shop.put(coffee, tea) == 2
    assert await shop.put(coffee, tea) == 0


async def test_what_is_put_again_is_found_by_its_new_words_alone(shop: Shop) -> None:
    cup = a_document("Cup", popularity=1)
    await shop.put(cup)

    await shop.put(a_document("Ladle", id=cup.id, popularity=1000))

    assert await shop.names("ladle") == ["Ladle"]
    assert not (await shop.find("cup")).hits


async def test_what_is_dropped_is_no_longer_found(shop: Shop) -> None:
    cup, mug = a_document("Blue Cup"), a_document("Blue Mug")
    await shop.put(cup, mug)

    await shop.drop(cup)

    assert await shop.names("blue") == ["Blue Mug"]


async def test_what_is_rolled_back_was_never_there(shop: Shop) -> None:
    await shop.put(a_document("Coffee"))

    await shop.session.rollback()

    assert not (await shop.find("coffee")).hits


async def test_deleting_a_merchants_data_leaves_no_word(shop: Shop, engine: AsyncEngine) -> None:
    await shop.put(a_document("Coffee"))

    await delete_data(shop.session, shop.merchant_id)
    await shop.session.commit()

    assert not (await shop.find("coffee")).hits
    for table in (SearchTerm, SearchToken):
        assert await shop.session.scalar(select(func.count()).select_from(table)) == 0


async def test_filters_narrow(shop: Shop) -> None:
    await shop.put(
        a_document("Red Shirt", facets={"size": ["S", "M"]}, categories=["clothes"], brand="Kudu"),
        a_document("Red Dress", facets={"size": ["L"]}, categories=["clothes"]),
        a_document("Red Cup", categories=["kitchen"], brand="kudu"),
    )

    assert await shop.names("red", facets={"Size": "m"}) == ["Red Shirt"]
    assert sorted(await shop.names("red", categories=["clothes"])) == ["Red Dress", "Red Shirt"]
    assert sorted(await shop.names(brand="KUDU")) == ["Red Cup", "Red Shirt"]
    assert await shop.names(brand="KUDU", categories=["kitchen"]) == ["Red Cup"]


async def test_prices_narrow_and_sort(shop: Shop) -> None:
    await shop.put(
        a_document("Pen A", price=Decimal("0.50")),
        a_document("Pen B", price=Decimal("1.99")),
        a_document("Pen C", price=Decimal("3.00")),
    )

    assert await shop.names("pen", order=Order.CHEAPEST) == ["Pen A", "Pen B", "Pen C"]
    assert await shop.names("pen", order=Order.DEAREST) == ["Pen C", "Pen B", "Pen A"]
    assert await shop.names("pen", order=Order.NEWEST) == ["Pen C", "Pen B", "Pen A"]
    between = {"price_min": Decimal("0.51"), "price_max": Decimal("1.99")}
    assert await shop.names("pen", **between) == ["Pen B"]


async def test_pages_follow_one_another_beyond_what_is_ranked_at_a_time(shop: Shop) -> None:
    everything = [a_document(f"Cup {number}", popularity=number) for number in range(700)]
    await shop.put(*everything)

    pages = [await shop.find("cup", limit=50, offset=start) for start in range(0, 750, 50)]

    names = [name for page in pages for name in shop.names_of(page)]
    assert sorted(names) == sorted(one.names["en"] for one in everything)
    assert [page.more for page in pages] == [True] * 13 + [False] * 2


async def test_facets_are_counted_and_the_one_that_splits_best_comes_first(shop: Shop) -> None:
    await shop.put(
        a_document("Shoe A", brand="Kudu", facets={"size": ["38", "39"], "made": ["here"]}),
        a_document("Shoe B", brand="Kudu", facets={"size": ["39", "40"], "made": ["here"]}),
        a_document("Shoe C", brand="Nyati", facets={"size": ["41"], "made": ["here"]}),
    )

    facets = (await shop.find("shoe")).facets

    assert list(facets) == ["size", "brand"]
    assert facets["size"] == {"39": 2, "38": 1, "40": 1, "41": 1}


async def test_a_misspelt_word_finds_what_was_meant(shop: Shop) -> None:
    await shop.put(a_document("Ground Coffee"), a_document("Toothpaste"))

    found = await shop.find("cofee")

    assert shop.names_of(found) == ["Ground Coffee"]
    assert (found.corrected, found.instead) == ("coffee", False)
    assert await shop.names("tothpaste") == ["Toothpaste"]


@pytest.mark.parametrize(
    ("said", "meant", "corrected"),
    [
        ("washingpowder", "Washing Powder", "washing powder"),
        ("ear phones", "Earphones", ""),
        ("yefoni", "Foni", ""),
        ("e-chaja", "Chaja", ""),
        ("sckool bag", "School Bag", "school bag"),
        ("zvingwa", "Chingwa", ""),
        ("zai", "Mazai", ""),
        ("izinkwa", "Isinkwa", ""),
    ],
)
async def test_words_are_found_however_they_are_joined_or_begin(
    shop: Shop, said: str, meant: str, corrected: str
) -> None:
    await shop.put(a_document(meant), a_document("Nothing of the kind"))

    found = await shop.find(said)

    assert (shop.names_of(found), found.corrected) == ([meant], corrected)


async def test_other_words_for_a_thing_stand_side_by_side(shop: Shop) -> None:
    await shop.put(a_document("Ice for a Drink", body="Keeps it cool."), a_document("Cool Drink"))

    assert await shop.names("soda") == ["Cool Drink"]


async def test_what_is_in_a_category_that_is_named_is_meant_too(shop: Shop) -> None:
    await shop.put(
        a_document("Red Sandals", categories=["shoes"]),
        a_document("Red Shoe Polish"),
        a_document("Blue Sandals", categories=["shoes"]),
    )

    found = await shop.names("red shoes", naming={"shoes": "shoes"})

    assert sorted(found) == ["Red Sandals", "Red Shoe Polish"]


async def test_what_only_mentions_it_is_left_out_where_there_is_enough(shop: Shop) -> None:
    mention = a_document("Cup", body="For milk.")
    await shop.put(mention, a_document("Sour Milk"), a_document("Full Cream Milk"))
    assert "Cup" in await shop.names("milk")

    await shop.put(a_document("Low Fat Milk"))

    assert sorted(await shop.names("milk")) == ["Full Cream Milk", "Low Fat Milk", "Sour Milk"]


async def test_the_cheapest_of_a_kind_comes_before_what_only_mentions_it(shop: Shop) -> None:
    await shop.put(
        a_document("Coffee", price=Decimal(5)),
        a_document("Spoon", price=Decimal(1), body="For coffee."),
        a_document("Ground Coffee", price=Decimal(4)),
    )

    names = await shop.names("coffee", order=Order.CHEAPEST)

    assert names == ["Ground Coffee", "Coffee", "Spoon"]


async def test_what_is_spelt_as_said_comes_before_what_may_be_meant(shop: Shop) -> None:
    await shop.put(
        a_document("Wite Soap", popularity=0), a_document("White Soap", popularity=100_000)
    )

    found = await shop.find("wite soap")

    assert shop.names_of(found)[0] == "Wite Soap"
    assert not found.corrected


async def test_where_nothing_fits_the_nearest_is_offered_as_such(shop: Shop) -> None:
    await shop.put(
        a_document("Red Shoes", facets={"size": ["38"]}), a_document("Red Cup"), a_document("Pen")
    )

    purple = await shop.find("purple shoes")
    size = await shop.find("shoes", facets={"size": "45"})

    assert (shop.names_of(purple), purple.instead) == (["Red Shoes"], True)
    assert (shop.names_of(size), size.instead) == (["Red Shoes"], True)
    assert not (await shop.find("xylophone")).instead


async def test_words_of_all_scripts_are_found(shop: Shop) -> None:
    await shop.put(
        a_document("Charger", names={"en": "Charger", "hi": "फोन चार्जर", "ar": "شَاحِن هاتفٌ"}),
        a_document("Milk", names={"en": "Milk", "sn": "Mukaka", "nd": "Uchago"}),
    )

    for text in ("चार्जर", "फोन", "شاحن", "هاتف"):
        assert await shop.names(text) == ["Charger"], text
    assert await shop.names("mukaka") == await shop.names("uchago") == ["Milk"]
    assert not (await shop.find("चर")).hits


async def test_synonyms_find_and_count_less_than_what_was_said(shop: Shop) -> None:
    await shop.put(a_document("Orange Soda"), a_document("Orange Cooldrink", popularity=0))

    assert await shop.names("orange cooldrink") == ["Orange Cooldrink", "Orange Soda"]
    own = [["stompie", "cooldrink"]]
    assert sorted(await shop.names("cool drink")) == ["Orange Cooldrink", "Orange Soda"]
    assert await shop.names("stompie", synonyms=own) == ["Orange Cooldrink"]


async def test_a_merchants_own_words_may_be_misspelt(shop: Shop) -> None:
    await shop.put(a_document("Roller Meal"), a_document("Bread Flour"))
    own = [["roller meal", "mugaiwa", "stompie"]]

    assert await shop.names("mugaiwa", synonyms=own) == ["Roller Meal"]
    assert await shop.names("mugaywa", synonyms=own) == ["Roller Meal"]
    assert await shop.names("mugaywa") == []


async def test_digits_are_found_joined_to_letters_and_apart(shop: Shop) -> None:
    await shop.put(a_document("A15 Cable"), a_document("Card 128 GB"), a_document("A 16 Cable"))

    for text in ("a15", "a 15", "A-15", "A15 cable"):
        assert await shop.names(text) == ["A15 Cable"], text
    for text in ("128gb", "128 gb", "128 gigs card"):
        assert await shop.names(text) == ["Card 128 GB"], text
    assert await shop.names("a16") == ["A 16 Cable"]


async def test_transactions_that_put_the_same_words_do_not_meet(
    shop: Shop, engine: AsyncEngine
) -> None:
    await shop.session.commit()

    async def put(*names: str) -> None:
        async with AsyncSession(engine) as session, session.begin():
            documents = [a_document(name) for name in names]
            await shop.index.put(session, shop.merchant_id, documents)

    await asyncio.gather(put("Salt", "Pepper"), put("Pepper", "Salt"), put("Salt and Pepper"))

    assert len((await shop.find("salt")).hits) == 3


async def test_words_that_name_something_are_told_from_others(shop: Shop) -> None:
    await shop.put(a_document("Chingwa"), a_document("Ushukela"), a_document("Notebooks"))

    asked = ["zvingwa", "itshukela", "notebook", "nezvingwa", "milk"]

    assert await shop.named(*asked) == {"zvingwa", "itshukela", "notebook"}
