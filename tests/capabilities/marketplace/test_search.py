"""Searching what is on offer: the same on every database."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Basis
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.search import Search, Wish
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import (
    BEITBRIDGE,
    GOKWE,
    HARARE,
    KADOMA,
    MARKET,
    RIVAL,
    ListingFields,
    create_contact,
    create_listing,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def found(
    session: AsyncSession,
    thing: str,
    *,
    buyer: ContactId | None = None,
    place: KnownPlace | None = None,
    max_each: str = "",
    limit: int = 18,
) -> list[str]:
    """Return the references of what a search shows."""
    wish = Wish(
        tokens=meaning_of(thing).required,
        buyer_id=buyer,
        place=place,
        max_each=Decimal(max_each) if max_each else None,
        currency="USD",
    )
    offers = await Search(session, MARKET, NOON).offers(wish, limit=limit)
    return [offer.reference for offer in offers]


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ("goats", "imbuzi"),
        ("mbudzi", "izimbuzi"),
        ("imbuzi", "brown goats"),
        ("chibage", "maize"),
        ("umbila", "dry maize"),
        ("cows", "mombe"),
        ("inkomo", "cattle"),
        ("broilers", "huku"),
        ("tomatoes", "vegetables"),
        ("engine oil", "oil"),
        ("tomatos", "matomatisi"),
        ("mafuta ekubikisa", "oil"),
        ("left-handed frobnicators", "frobnicator"),
    ],
)
async def test_thing_is_found_in_other_words(
    session: AsyncSession, vault: Vault, listed: str, wanted: str
) -> None:
    seller = await create_contact(session, vault)
    listing = await create_listing(session, seller, thing=listed)

    assert await found(session, wanted) == [listing.reference]


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ("goat meat", "goats"),
        ("maize seed", "maize"),
        ("cooking oil", "engine oil"),
        ("chickens", "broilers"),
        ("black shoes", "black goats"),
    ],
)
async def test_other_thing_is_not_found(
    session: AsyncSession, vault: Vault, listed: str, wanted: str
) -> None:
    seller = await create_contact(session, vault)
    await create_listing(session, seller, thing=listed)

    assert await found(session, wanted) == []


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"days": 0}, id="expired"),
        pytest.param({"merchant_id": RIVAL}, id="another merchant's"),
    ],
)
async def test_offer_that_cannot_be_had_is_not_found(
    session: AsyncSession, vault: Vault, fields: ListingFields
) -> None:
    seller = await create_contact(session, vault)
    await create_listing(session, seller, **fields)

    assert await found(session, "goats") == []
    assert await found(session, "goats", place=GOKWE) == []


async def test_own_offer_is_not_shown_to_its_seller(session: AsyncSession, vault: Vault) -> None:
    seller = await create_contact(session, vault)
    await create_listing(session, seller)

    assert await found(session, "goats", buyer=seller) == []


async def test_offer_of_someone_who_opted_out_is_not_shown(
    session: AsyncSession, vault: Vault
) -> None:
    seller = await create_contact(session, vault, opted_out_at=NOON)
    await create_listing(session, seller)

    assert await found(session, "goats") == []


async def test_withdrawn_offer_is_not_found(session: AsyncSession, vault: Vault) -> None:
    seller = await create_contact(session, vault)
    listing = await create_listing(session, seller)
    listings = Listings(session, MARKET, NOON)
    offer = await listings.find(listing.reference)
    assert offer is not None

    await listings.withdraw(seller, offer)

    assert await found(session, "goats") == []
    assert await listings.of(seller, limit=10) == []


async def test_nearest_comes_first_then_newest(session: AsyncSession, vault: Vault) -> None:
    seller = await create_contact(session, vault)
    far = await create_listing(session, seller, place=BEITBRIDGE)
    older = await create_listing(session, seller, now=NOON - timedelta(hours=1))
    middle = await create_listing(session, seller, place=KADOMA)
    newer = await create_listing(session, seller)

    assert await found(session, "goats", place=GOKWE) == [
        newer.reference,
        older.reference,
        middle.reference,
        far.reference,
    ]


async def test_without_a_place_newest_comes_first(session: AsyncSession, vault: Vault) -> None:
    seller = await create_contact(session, vault)
    listings = [await create_listing(session, seller, place=at) for at in (GOKWE, HARARE)]

    assert await found(session, "goats") == [one.reference for one in reversed(listings)]


async def test_old_offer_next_door_is_not_crowded_out_by_new_ones_far_away(
    session: AsyncSession, vault: Vault
) -> None:
    seller = await create_contact(session, vault)
    near = await create_listing(session, seller)
    for _ in range(130):
        await create_listing(session, seller, place=HARARE)

    assert (await found(session, "goats", place=GOKWE, limit=5))[0] == near.reference


async def test_too_dear_is_left_out_by_the_price_of_one(
    session: AsyncSession, vault: Vault
) -> None:
    seller = await create_contact(session, vault)
    await create_listing(session, seller, price="25.00")
    cheap = await create_listing(session, seller, price="150.00", basis=Basis.TOTAL)

    assert await found(session, "goats", max_each="20") == [cheap.reference]


async def test_every_noun_named_must_fit(session: AsyncSession, vault: Vault) -> None:
    seller = await create_contact(session, vault)
    both = await create_listing(session, seller, thing="goats and sheep")
    await create_listing(session, seller, thing="goats")

    assert await found(session, "sheep and goats") == [both.reference]
