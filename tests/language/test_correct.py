"""What is new in a correction."""

import pytest

from sokoni.language.correct import correction
from sokoni.language.words import Words, words_of
from tests.language.said import expected


@pytest.mark.parametrize(("said", "left"), expected("corrections"))
def test_a_correction_leaves_the_new_value(said: str, left: str | None) -> None:
    found = correction(words_of(said))

    assert (None if found is None else _free(found)) == left


def _free(words: Words) -> str:
    tokens = zip(words.tokens, words.free, strict=True)
    return " ".join(token.folded for token, free in tokens if free)
