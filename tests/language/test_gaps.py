"""Phrases with a gap find what the same phrases find with every word written out."""

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from sokoni.language.gaps import GappedPhrases
from sokoni.language.words import words_of

PHRASES = (
    "when is the <work> coming",
    "<work> here",
    "<work>",
    "<work>'s number",
    "ngi<work>",
    "ngi<work> khathesi",
    "find <work>",
    "is the <thing> mended",
)
KINDS = {"work": ["plumber", "hair", "hair cut", "solar panels"], "thing": ["tap", "hair dryer"]}
PIECES = tuple(
    dict.fromkeys(
        [
            *chain.from_iterable(phrase.split() for phrase in PHRASES),
            *chain.from_iterable(one.split() for listed in KINDS.values() for one in listed),
            "plumber's",
            "cut's",
            "ngiplumber",
            "ngihair",
            "ngi",
            "?",
        ]
    )
)
GAPPED = GappedPhrases(((phrase, phrase) for phrase in PHRASES), KINDS)


def written_out(phrase: str) -> list[str]:
    kind = phrase[phrase.index("<") + 1 : phrase.index(">")]
    return [phrase.replace(f"<{kind}>", one) for one in KINDS[kind]]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9))
def test_it_finds_what_is_found_of_phrases_written_out(pieces: list[str]) -> None:
    words = words_of(" ".join(pieces))
    expected = {
        (phrase, len(tokens))
        for phrase in PHRASES
        for one in written_out(phrase)
        if (tokens := words_of(one).tokens)
        and [t.folded for t in tokens] == [t.folded for t in words.tokens[: len(tokens)]]
    }

    assert set(GAPPED.ends(words, 0)) == expected


def test_words_of_a_kind_that_the_merchant_has_none_of_are_left_out() -> None:
    gapped = GappedPhrases([("find <work>", 1), ("find <thing>", 2)], {"thing": ["tap"]})

    assert list(gapped.ends(words_of("find tap"), 0)) == [(2, 2)]
    assert not list(gapped.ends(words_of("find plumber"), 0))
