"""What may not be traded is refused when it is named, and again when it is confirmed."""

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from sokoni.capabilities.marketplace.goods import Ban, banned, kinds
from sokoni.capabilities.marketplace.models import Listing
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.settings import MarketplaceSettings
from tests.capabilities.marketplace.market import Market


async def listings(market: Market) -> int:
    return await market.session.scalar(select(func.count()).select_from(Listing)) or 0


@pytest.mark.parametrize(
    "thing",
    [
        *("beer", "20 crates of Castle Lager", "mbanje", "fodya", "ugwayi", "a pistol", "Guns"),
        *("rhino horn", "ivory", "stolen phones", "amoxicillin", "utshwala", "pfuti", "crypto"),
    ],
)
def test_what_whatsapp_forbids_is_known_in_every_language(thing: str) -> None:
    assert banned(thing, forbidden=(), allowed=()) is Ban.CHANNEL


@pytest.mark.parametrize(
    "thing",
    [
        *("goats", "cattle", "road runners", "glue gun", "ginger beer", "kidney beans", "maize"),
        *("mushonga wedhibhu", "cough mixture bottle", "ivory paint", "laptop", "begin"),
        *("grease gun", "cotton gin", "spirit level", "tobacco barn"),
    ],
)
def test_what_only_sounds_like_it_is_not_forbidden(thing: str) -> None:
    assert banned(thing, forbidden=(), allowed=()) is None


@pytest.mark.parametrize("thing", ["goats", "mbudzi", "imbuzi", "broilers", "a cow", "huku"])
def test_live_animals_are_forbidden_by_name(thing: str) -> None:
    assert banned(thing, forbidden=("live_animals",), allowed=()) is Ban.MERCHANT


@pytest.mark.parametrize("thing", ["goat meat", "eggs", "chicken feed", "cow manure", "cow hides"])
def test_what_comes_of_animals_is_none(thing: str) -> None:
    assert banned(thing, forbidden=("live_animals",), allowed=()) is None


def test_a_merchant_forbids_a_thing_in_every_language_and_allows_a_kind() -> None:
    assert banned("chibage", forbidden=("maize",), allowed=()) is Ban.MERCHANT
    assert banned("school uniforms", forbidden=("school uniform",), allowed=()) is Ban.MERCHANT
    assert banned("fodya", forbidden=(), allowed=("tobacco",)) is None
    assert banned("beer", forbidden=(), allowed=("tobacco",)) is Ban.CHANNEL


def test_a_kind_that_is_none_is_refused_with_the_file() -> None:
    with pytest.raises(ValidationError, match="is no kind of goods"):
        MarketplaceSettings.model_validate({"allowed": ["beer"]})


def test_every_token_is_a_noun_that_we_have() -> None:
    tokens = {token for kind in kinds().values() for token in kind.tokens}
    nouns = {token for token in tokens if token.startswith("=")}

    assert {token for token in nouns if token not in meaning_of(token[1:]).tokens} == set()
    assert tokens - nouns <= {*meaning_of("goat").tokens, *meaning_of("chicken").tokens}


async def test_forbidden_goods_are_refused_when_they_are_named(market: Market) -> None:
    phone = await market.phone("Tendai", "+263771000001")

    said = await phone.says("Selling 10 crates of beer at $20 in Gokwe")

    assert "WhatsApp's rules do not allow" in said
    assert "10 crates of maize" in await phone.says("maize")
    await phone.says("yes")
    assert await listings(market) == 1


async def test_nobody_is_asked_for_forbidden_goods(market: Market) -> None:
    phone = await market.phone("Tendai", "+263771000001")

    assert "WhatsApp's rules do not allow" in await phone.says("Looking for a pistol")


async def test_what_was_forbidden_meanwhile_is_refused_at_the_yes(market: Market) -> None:
    phone = await market.phone("Tendai", "+263771000001")
    await phone.says("Selling 10 goats at $20 in Gokwe")
    market.settings.update(forbidden=["live_animals"])

    assert "does not trade in goats" in await phone.says("yes")
    assert await listings(market) == 0


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "selling beer", "WhatsApp's rules do not allow trading in beer."),
        ("sn", "ndiri kutengesa doro", "Mitemo yeWhatsApp haibvumidzi kutengesa doro."),
        ("nd", "ngithengisa utshwala", "Imithetho ye-WhatsApp kayivumi ukuthengisa utshwala."),
    ],
)
async def test_it_is_said_in_ones_own_language(
    market: Market, language: str, words: str, said: str
) -> None:
    phone = await market.phone("Tendai", "+263771000001", language=language)

    assert (await phone.says(words)).startswith(said)
