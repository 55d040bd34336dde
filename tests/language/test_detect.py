"""The language of short messages, and silence where it does not show."""

import pytest

from sokoni.language.detect import detect, is_wholly
from sokoni.language.words import words_of
from tests.language.said import phrases

_SAID = [(said, name) for name, listed in phrases("languages").items() for said in listed]


@pytest.mark.parametrize(("said", "language"), _SAID)
def test_a_language_shows_or_nothing_is_said(said: str, language: str) -> None:
    found = detect(words_of(said), ("en", "sn", "nd"))

    assert (found or "unsure") == language


def test_a_script_gives_its_language_away() -> None:
    assert detect(words_of("أريد سماعات لاسلكية"), ("en", "ar")) == "ar"
    assert detect(words_of("मुझे लैपटॉप चाहिए"), ("en", "hi")) == "hi"
    assert detect(words_of("أريد"), ("en", "sn")) is None


def test_only_the_merchants_languages_count() -> None:
    assert detect(words_of("Ndinoda kutengesa mbudzi"), ("en", "nd")) is None
    assert detect(words_of("I want to join"), ("en",)) is None


@pytest.mark.parametrize(
    "said",
    [
        *("renew LST-6E339Z7", "LST-0AJN9E8", "report GM-W44PK0E", "LST-BG3E6PP"),
        *("lst-8bsz8ra", "renew LST-1VHY1MA", "report LST-7RE103T", "LST-Q1NE4Z9"),
    ],
)
def test_what_a_reference_spells_is_no_language(said: str) -> None:
    assert detect(words_of(said), ("en", "sn", "nd")) is None


def test_words_beside_a_reference_count() -> None:
    said = "Ndiri kutsvaga LST-6E339Z7"

    assert detect(words_of(said), ("en", "sn", "nd")) == "sn"


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("pin code 400001 kar do", "hi"),
        ("nahi galat hai", "hi"),
        ("sab theek hai", "hi"),
        ("the number is wrong", "en"),
        ("textile", None),
    ],
)
def test_hindi_in_latin_letters_shows_beside_english(said: str, language: str | None) -> None:
    assert detect(words_of(said), ("en", "hi")) == language


def test_few_words_give_a_language_away_where_none_of_them_is_a_name() -> None:
    assert is_wholly(words_of("nahi galat hai"), "hi", ("en", "hi"))
    assert not is_wholly(words_of("Ramesh nahi hai"), "hi", ("en", "hi"))
