"""WhatsApp's own catalogue: filled from ours, shown by it, ordered from, and asked about."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.files.catalogue import entries
from sokoni.capabilities.store.models.catalogue import Product, ProductPicture, Variant
from sokoni.channels.catalogues import Catalogue, Catalogued, Entry
from sokoni.config import Settings
from sokoni.kit.ids import new_id
from sokoni.messaging.catalogues import CatalogueItems
from sokoni.messaging.models import Message, MessageState
from sokoni.messaging.pushing import NO_PICTURE, CataloguePush, Pushed
from sokoni.testing.databases import Spares
from sokoni.testing.fake_graph import FakeGraph, fails_later
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What differs between databases is tried in `tests/messaging/test_catalogues.py`."""

MONDAY: Final = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 -- the merchant's own time
TARIRO: Final = "+14155550101"
SKU: Final = "COF-103"
PICTURE: Final = "https://cdn.example.com/coffee.jpg"


@asynccontextmanager
async def shop(spares: Spares, *, pushed: bool = True) -> AsyncIterator[Server]:
    settings = Settings(database_url=spares.beside)
    opening = server(settings, ChannelName.WHATSAPP_CLOUD, "corner-shop", MONDAY, spares=spares)
    async with opening as played:
        await hang_pictures(played)
        if pushed:
            await push(played)
        yield played


async def hang_pictures(played: Server) -> None:
    async with AsyncSession(played.app.engine) as session, session.begin():
        ids = await session.scalars(select(Product.id))
        rows = [
            {
                "id": new_id(),
                "merchant_id": played.profile.id,
                "product_id": one,
                "position": 0,
                "url": PICTURE,
                "file_id": "",
            }
            for one in ids
        ]
        await session.execute(insert(ProductPicture), rows)


async def catalogue_of(played: Server) -> Catalogue:
    channels = [one.channel for one in await played.app.accounts.all()]
    (found,) = [one.catalogue for one in channels if isinstance(one, Catalogued)]
    assert found is not None
    return found


async def pusher(played: Server) -> CataloguePush:
    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncSession]:
        async with AsyncSession(played.app.engine) as session, session.begin():
            yield session

    async def at_once(_: float) -> None: ...

    catalogue = await catalogue_of(played)
    return CataloguePush(catalogue, played.profile.id, opened, played.clock, pause=at_once)


async def everything(played: Server) -> AsyncIterator[Entry]:
    async with AsyncSession(played.app.engine) as session:
        links = played.app.media.links
        async for one in entries(session, played.profile, played.clock(), links.of):
            yield one


async def push(played: Server, *, whole: bool = False) -> Pushed:
    pushing = await pusher(played)
    return await pushing.push(everything(played), "https://s.example", whole=whole)


async def refused(played: Server) -> Mapping[str, str]:
    catalogue = await catalogue_of(played)
    async with AsyncSession(played.app.engine) as session:
        return await CatalogueItems(session, played.profile.id, catalogue.id).refused()


def graph_of(played: Server) -> FakeGraph:
    assert isinstance(played.phones, WhatsAppPhones)
    return played.phones.graph


async def says(played: Server, *lines: str) -> list[Mapping[str, Any]]:
    """Write line by line; return what went out since."""
    before = len(graph_of(played).taken)
    for line in lines:
        await played.write(TARIRO, Words(line))
        await played.settle()
    return [dict(one.payload) for one in graph_of(played).taken[before:]]


def kinds(sent: list[Mapping[str, Any]]) -> list[str]:
    return [
        one["interactive"]["type"] if one["type"] == "interactive" else one["type"] for one in sent
    ]


async def test_what_is_found_is_shown_by_the_catalogue(spares: Spares) -> None:
    async with shop(spares) as played:
        (sent,) = await says(played, "instant coffee")

        shown = sent["interactive"]
        assert (shown["type"], shown["header"]["text"]) == ("product_list", "Corner Shop")
        assert "1. " in shown["body"]["text"]
        items = shown["action"]["sections"][0]["product_items"]
        assert SKU in [one["product_retailer_id"] for one in items]


async def test_a_number_of_the_list_shows_the_product_with_what_may_be_done(
    spares: Spares,
) -> None:
    async with shop(spares) as played:
        await says(played, "instant coffee")
        product, below = await says(played, "1")

        assert product["interactive"]["type"] == "product"
        assert "body" not in product["interactive"]
        assert below["interactive"]["type"] == "button"
        first = below["interactive"]["action"]["buttons"][0]["reply"]
        assert first["title"] == "Add to cart"
        (added,) = await says(played, "2")
        assert "2 x" in str(added) or "2 \N{MULTIPLICATION SIGN}" in str(added)


async def test_a_variant_that_is_chosen_is_shown_as_itself(spares: Spares) -> None:
    async with shop(spares) as played:
        async with AsyncSession(played.app.engine) as session:
            listed = await session.execute(select(Variant.sku, Variant.options))
            by_sku = {sku: options for sku, options in listed if options}
        sku, options = next(iter(by_sku.items()))
        assert isinstance(played.phones, WhatsAppPhones)

        await played.phones.ask_about(TARIRO, sku, "Is this still there?")
        await played.settle()

        shown = graph_of(played).taken[-2].payload["interactive"]
        assert shown["action"]["product_retailer_id"] == sku
        text = str(graph_of(played).taken[-1].payload["interactive"]["body"])
        assert all(value in text for value in options.values())


async def test_shelves_are_named_beside_the_whole_catalogue(spares: Spares) -> None:
    async with shop(spares) as played:
        (sent,) = await says(played, "what do you sell")

        assert sent["interactive"]["type"] == "catalog_message"
        assert "Reply with a number" in sent["interactive"]["body"]["text"]
        (shelf,) = await says(played, "1")
        assert "which section" in str(shelf)


async def test_what_nobody_pushed_is_shown_as_ever(spares: Spares) -> None:
    async with shop(spares, pushed=False) as played:
        sent = await says(played, "what do you sell", "instant coffee", "1")

        assert kinds(sent) == ["list", "list", "button"]
        assert sent[-1]["interactive"]["header"]["image"]["link"] == PICTURE


async def test_one_thing_that_is_not_there_makes_the_list_ours(spares: Spares) -> None:
    async with shop(spares) as played:
        catalogue = await catalogue_of(played)
        async with AsyncSession(played.app.engine) as session, session.begin():
            await CatalogueItems(session, played.profile.id, catalogue.id).drop([SKU])

        assert kinds(await says(played, "instant coffee")) == ["list"]


async def test_what_the_catalogue_lost_is_shown_by_us_and_noted(spares: Spares) -> None:
    async with shop(spares) as played:
        graph_of(played).catalogue.items.clear()

        sent = await says(played, "instant coffee", "1")

        # The second is not tried: its list was refused.
        assert kinds(sent) == ["list", "button"]
        noted = await refused(played)
        assert SKU in noted
        assert "131009" in noted[SKU]
        again = await push(played)
        assert (again.put, again.refused, await refused(played)) == (len(noted), {}, {})
        assert kinds(await says(played, "instant coffee")) == ["product_list"]


async def test_a_card_that_is_refused_becomes_a_picture_above_its_words(spares: Spares) -> None:
    async with shop(spares) as played:
        await says(played, "instant coffee")
        graph_of(played).catalogue.items.clear()

        assert kinds(await says(played, "1")) == ["image", "button"]


async def test_a_catalogue_that_is_linked_no_longer_is_not_opened_again(
    spares: Spares,
) -> None:
    async with shop(spares) as played:
        graph_of(played).catalogue.id = ""

        assert kinds(await says(played, "what do you sell")) == ["text"]
        assert kinds(await says(played, "what do you sell")) == ["list"]


async def test_what_is_refused_after_it_was_taken_is_noted_too(spares: Spares) -> None:
    async with shop(spares) as played:
        graph_of(played).script(fails_later(131009))

        sent = await says(played, "instant coffee")

        assert kinds(sent) == ["product_list", "list"]
        assert SKU in await refused(played)
        async with AsyncSession(played.app.engine) as session:
            states = await session.scalars(select(Message.state).where(Message.outbound))
            assert MessageState.FAILED not in set(states)


# --- what comes from there ---------------------------------------------------------------------


@pytest.mark.parametrize("words", ["How much is it?", "Hello"])
async def test_who_writes_from_a_product_is_shown_it(spares: Spares, words: str) -> None:
    async with shop(spares) as played:
        assert isinstance(played.phones, WhatsAppPhones)
        await played.phones.ask_about(TARIRO, SKU, words)
        await played.settle()

        product, below = graph_of(played).taken[-2:]
        assert product.payload["interactive"]["action"]["product_retailer_id"] == SKU
        assert "Add to cart" in str(below.payload)


async def test_who_wants_two_of_it_has_them_in_the_cart(spares: Spares) -> None:
    async with shop(spares) as played:
        assert isinstance(played.phones, WhatsAppPhones)
        await played.phones.ask_about(TARIRO, SKU, "add 2 to my cart")
        await played.settle()

        (cart,) = await says(played, "show my cart")
        assert "Kopje Instant Coffee" in str(cart)


async def test_who_asks_for_a_person_there_is_heard(spares: Spares) -> None:
    async with shop(spares) as played:
        assert isinstance(played.phones, WhatsAppPhones)
        await played.phones.ask_about(TARIRO, SKU, "agent")
        await played.settle()

        assert "product" not in kinds([dict(one.payload) for one in graph_of(played).taken])


async def test_a_number_that_nobody_here_knows_leaves_the_words_alone(spares: Spares) -> None:
    async with shop(spares) as played:
        assert isinstance(played.phones, WhatsAppPhones)
        await played.phones.ask_about(TARIRO, "ELSEWHERE-1", "show my cart")
        await played.settle()

        assert "empty" in str(graph_of(played).taken[-1].payload)


async def test_what_is_ordered_there_is_found_by_the_number_it_was_pushed_under(
    spares: Spares,
) -> None:
    async with shop(spares) as played:
        assert isinstance(played.phones, WhatsAppPhones)
        async with AsyncSession(played.app.engine) as session:
            plenty = select(Variant.sku).where(Variant.on_hand > 5).order_by(Variant.sku)
            numbers = list(await session.scalars(plenty.limit(3)))
        await played.phones.order(TARIRO, dict.fromkeys(numbers, 1))
        await played.settle()

        async with AsyncSession(played.app.engine) as session:
            prices = select(Variant.price).where(Variant.sku.in_(numbers))
            total = sum(await session.scalars(prices))
        (cart,) = await says(played, "show my cart")
        assert f"{total:.2f}" in str(cart)


# --- filling it --------------------------------------------------------------------------------


async def test_everything_on_sale_is_put_there_once(spares: Spares) -> None:
    async with shop(spares, pushed=False) as played:
        async with AsyncSession(played.app.engine) as session:
            sold = select(Variant.sku).join(Product, Product.id == Variant.product_id)
            sold = sold.where(Product.status == "active", Variant.withdrawn.is_(False))
            skus = set(await session.scalars(sold))

        first, second = await push(played), await push(played)

        items = graph_of(played).catalogue.items
        assert set(items) == skus
        assert (first.put, first.same) == (len(skus), 0)
        assert (second.put, second.same) == (0, len(skus))
        assert len(graph_of(played).catalogue.batches) == 1
        coffee = items[SKU]
        assert (coffee["image_link"], coffee["link"]) == (PICTURE, "https://s.example")
        assert coffee["price"].endswith(" USD")
        assert coffee["availability"] in {"in stock", "out of stock"}


async def test_only_what_changed_is_put_there_again(spares: Spares) -> None:
    async with shop(spares) as played:
        async with AsyncSession(played.app.engine) as session, session.begin():
            await session.execute(
                update(Variant).where(Variant.sku == SKU).values(price=Decimal(99))
            )
            gone = update(Product).where(Product.sku == "COF-104").values(status="archived")
            await session.execute(gone)

        pushed = await push(played)

        assert (pushed.put, pushed.gone) == (1, 1)
        items = graph_of(played).catalogue.items
        assert items[SKU]["price"] == "99.00 USD"
        assert "COF-104" not in items


async def test_what_is_not_taken_is_named_and_tried_again(spares: Spares) -> None:
    async with shop(spares, pushed=False) as played:
        async with AsyncSession(played.app.engine) as session, session.begin():
            product = select(Variant.product_id).where(Variant.sku == SKU)
            its = ProductPicture.product_id.in_(product)
            await session.execute(update(ProductPicture).where(its).values(url=""))
            nameless = update(Product).where(Product.sku == "COF-104")
            await session.execute(nameless.values(names={"en": ""}))

        pushed = await push(played)

        assert pushed.refused == {
            SKU: NO_PICTURE,
            "COF-104": "Required field title is missing",
        }
        assert await refused(played) == {"COF-104": "Required field title is missing"}
        assert set((await push(played)).refused) == {SKU, "COF-104"}


async def test_what_somebody_else_put_there_is_read_and_left(spares: Spares) -> None:
    async with shop(spares, pushed=False) as played:
        async with AsyncSession(played.app.engine) as session:
            skus = list(await session.scalars(select(Variant.sku)))
        items = graph_of(played).catalogue.items
        items.update({number: {} for number in [*skus, "NOT-OURS"]})

        assert await (await pusher(played)).read() == len(skus) + 1

        assert kinds(await says(played, "instant coffee")) == ["product_list"]
        assert (await push(played)).gone == 0
        assert "NOT-OURS" in items


async def test_batches_are_no_larger_than_meta_advises(spares: Spares) -> None:
    async with shop(spares, pushed=False) as played:
        (await catalogue_of(played)).most = 100
        await push(played, whole=True)

        sizes = [len(one) for one in graph_of(played).catalogue.batches]
        assert max(sizes) == 100
        assert sum(sizes) == len(graph_of(played).catalogue.items)
