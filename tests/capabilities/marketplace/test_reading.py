"""References and names as people type them."""

from zoneinfo import ZoneInfo

import pytest

from sokoni.capabilities.marketplace.reading import (
    MostReader,
    OfferedQuantityReader,
    TradedThingReader,
)
from sokoni.kit.ids import new_reference
from sokoni.language.readers.name import IntroducedNameReader
from sokoni.language.readers.reference import ReferenceReader
from sokoni.language.reading import Quantity, Scene
from sokoni.language.words import words_of
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.market import PLACES

SCENE = Scene(
    languages=("en",),
    country="ZW",
    currency="USD",
    now=NOON.astimezone(ZoneInfo("Africa/Harare")),
    places=PLACES,
)


def test_every_reference_is_read_back_however_it_is_typed() -> None:
    for _ in range(300):
        reference = new_reference("LST")
        for typed in (reference, reference.lower(), f"withdraw {reference}, please"):
            assert ReferenceReader().read(words_of(typed), SCENE) == reference


@pytest.mark.parametrize(
    "text", ["show listing", "I have 1234567 dollars", "some-oranges", "ABCD"]
)
def test_words_and_numbers_are_no_reference(text: str) -> None:
    assert ReferenceReader().find(words_of(text), SCENE) is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("I want to join, I'm Tendai Moyo", "Tendai Moyo"),
        ("join, this is Rudo", "Rudo"),
        ("I want to join, my name is rudo ncube", "rudo ncube"),
        ("I'm looking to join", None),
    ],
)
def test_who_joins_says_who_they_are(said: str, name: str | None) -> None:
    found = IntroducedNameReader().find(words_of(said), SCENE)

    assert (found.value if found else None) == name


@pytest.mark.parametrize(
    ("said", "thing"),
    [
        ("i am a farmer in gokwe and i want to sell 30 bags maize at $10", "maize"),
        ("selling left-handed frobnicators", "left-handed frobnicators"),
        ("mbudzi", "mbudzi"),
    ],
)
def test_thing_that_is_traded_wins_over_other_words(said: str, thing: str) -> None:
    found = TradedThingReader().find(words_of(said), SCENE)

    assert found is not None
    assert found.value == thing


@pytest.mark.parametrize(
    ("said", "start"),
    [("a cow under $400", 2), ("a cow for less than 400 dollars", 2), ("a cow $400", 2)],
)
def test_words_of_a_limit_belong_to_the_price(said: str, start: int) -> None:
    found = MostReader().find(words_of(said), SCENE)

    assert found is not None
    assert found.start == start


@pytest.mark.parametrize(
    ("said", "quantity"),
    [
        ("a brown cow", Quantity(1)),
        ("my Honda Fit", Quantity(1)),
        ("3 goats", Quantity(3)),
        ("a lot of maize", None),
        ("my maize", None),
        ("my goats", None),
    ],
)
def test_single_things_need_no_number(said: str, quantity: Quantity | None) -> None:
    found = OfferedQuantityReader().find(words_of(said), SCENE)

    assert (found.value if found else None) == quantity
