"""The desk understands what is wrong, and what is wanted, as well as the docs say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.capabilities.booking.reading import THING, TROUBLE, terms
from sokoni.capabilities.booking.trades import Trade
from sokoni.language.words import words_of
from tests.capabilities.booking import troubles
from tests.repository import booking_part, readers_page


def test_no_score_is_below_what_the_docs_say() -> None:
    cells = list(booking_part.written(readers_page.PAGE.read_text("utf-8")))

    below = [
        (listed, half, column, str(score))
        for listed, half, column, score in cells
        if booking_part.now(listed, half)[column] < score
    ]

    assert below == [], "write the page anew with `make docs` where it is worth it"
    assert len(cells) == 2 * 2 * (len(troubles.LANGUAGES) + 1)


@pytest.mark.parametrize(
    ("said", "trade"),
    [
        ("the tap in our second bathroom is dripping", "plumber"),
        ("fix my geyser", "plumber"),
        ("I have a tap. The road is blocked", ""),
        ("a tap\nblocked", ""),
        ("it is not at the tap", ""),
        ("the tap and three more words in between here blocked", ""),
        ("clean the house", "cleaner"),
        ("paint the house", "painter"),
    ],
)
def test_a_thing_and_what_is_wrong_with_it_stand_near_each_other(said: str, trade: str) -> None:
    assert troubles.told(said) == trade


def test_a_merchant_has_signs_of_its_own() -> None:
    tailor = Trade(
        id="tailor",
        names={"en": ("tailor",)},
        things={"en": ("dress", "trousers")},
        matters={"en": ("torn", "too long")},
        minutes=30,
    )
    signs = terms({"services": [tailor.model_dump()]})

    assert signs[TROUBLE].at(words_of("trousers are much too long"), 0) == ("tailor", 5)
    assert signs[TROUBLE].at(words_of("trousers are blocked"), 0) is None
    assert signs[THING].at(words_of("trousers"), 0) == ("tailor", 1)


@given(st.text(max_size=200))
def test_any_text_is_looked_through(said: str) -> None:
    words = words_of(said)
    found = [troubles.SCENE.terms[TROUBLE].at(words, place) for place in range(len(words.tokens))]
    assert all(one is None or 0 < one[1] <= len(words.tokens) for one in found)
