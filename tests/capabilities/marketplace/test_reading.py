"""References and names as people type them."""

from zoneinfo import ZoneInfo

import pytest

from sokoni.capabilities.marketplace.reading import JoinersNameReader, ReferenceReader
from sokoni.kit.ids import new_reference
from sokoni.language.reading import Scene
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
    found = JoinersNameReader().find(words_of(said), SCENE)

    assert (found.value if found else None) == name
