"""Phrases are found though their words are inflected otherwise, or others stand between them."""

import pytest

from sokoni.language.loosely import LoosePhrases
from sokoni.language.words import words_of

PHRASES = LoosePhrases(
    [("do you have", "ask"), ("ndipei", "give"), ("ndipei imwe", "more"), ("tipei rini", "when")]
)


@pytest.mark.parametrize(
    ("said", "meant", "end"),
    [
        ("do you have bread", "ask", 3),
        ("do you guys perhaps have bread", "ask", 5),
        ("tipeiwo chingwa", "give", 1),
        ("mundipe imwe", "more", 2),
        ("tipei rini", "when", 2),
    ],
)
def test_a_phrase_is_found_loosely(said: str, meant: str, end: int) -> None:
    assert PHRASES.at(words_of(said), 0) == (meant, end)


@pytest.mark.parametrize(
    "said", ["do you want to have", "do guys people perhaps you have", "bread"]
)
def test_other_words_between_make_it_another_phrase(said: str) -> None:
    assert PHRASES.at(words_of(said), 0) is None
