"""Who asks why something is wanted is told from who asks something else, or answers."""

import pytest

from sokoni.language.wondering import asks_why
from sokoni.language.words import words_of


@pytest.mark.parametrize(
    "said",
    [
        "why",
        "but why?",
        "what for?",
        "why do you need my address",
        "hey why do u need it",
        "sorry, what do you need my name for",
        "why should i give you my number??",
        "munodirei",
        "kungani ufuna ikheli lami",
    ],
)
def test_the_question_why_something_is_wanted_is_heard(said: str) -> None:
    assert asks_why(words_of(said))


@pytest.mark.parametrize(
    "said",
    ["", "?", "12 Main Street", "why is it so dear", "do you need my address", "what is this"],
)
def test_other_words_do_not_ask_it(said: str) -> None:
    assert not asks_why(words_of(said))
