"""A phrase may span what is asked for: how many stands behind what."""

import pytest

from sokoni.dialogue.spanning import Ends, SpanningPhrases
from sokoni.language.words import words_of

PHRASES = SpanningPhrases([("ndoda ... <number>", "add")], {"number": ["maviri", "8"]})


@pytest.mark.parametrize("said", ["ndoda mazai maviri", "tinoda mazai machena maviri", "toda 8"])
def test_both_ends_make_the_phrase(said: str) -> None:
    assert PHRASES.opening(words_of(said), 0) == Ends("add", 1, 1)


@pytest.mark.parametrize("said", ["ndoda mazai", "mazai maviri", "ndoda shangu size 8"])
def test_one_end_makes_none_nor_does_a_size(said: str) -> None:
    assert PHRASES.opening(words_of(said), 0) is None
