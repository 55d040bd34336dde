"""The language of short messages, and silence where it does not show."""

import pytest

from sokoni.language.detect import detect
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
