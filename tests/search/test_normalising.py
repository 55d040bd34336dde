"""Words are the same whether they are indexed or asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.language.words import fold
from sokoni.search.normalising import asked_words, indexed_words, parts_of

LETTERS = st.text("aeimnorstuzAÉçñ 0123456789.-" + "هاتفٌأإىة" + "फोनचार्जर")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("هاتفٌ", "هاتف"),
        ("أحذية", "احذيه"),
        ("مـــوز", "موز"),
        ("شاي ١٢٣", "شاي 123"),
        ("۲۵۰ گرم", "250 گرم"),
        ("फोन १५", "फोन 15"),
        ("Café crème", "cafe creme"),
        ("CAFÉ", "café"),
        ("\uff23\uff4f\uff4c\uff41", "cola"),
        ("ﬁlter", "filter"),
        ("batteries", "battery"),
        ("tomatoes", "tomato"),
        ("boxes of matches", "box of match"),
        ("women's dresses", "woman dress"),
        ("men\u2019s shoes", "man shoe"),
        ("knives", "knife"),
        ("glasses", "glass"),
        ("250 grams", "250 g"),
        ("2 litres", "2l"),
        ("1,000 ml", "1000 mls"),
        ("1.50 l", "1,5 litre"),
        ("Mabhuku", "mabhuku"),
        ("n'anga", "nanga"),
    ],
)
def test_written_differently_it_is_the_same(one: str, other: str) -> None:
    assert parts_of(one) == parts_of(other)


@pytest.mark.parametrize(
    "word", ["फोन", "चार्जर", "शाह", "upfu", "impuphu", "mukaka", "isinkwa", "ukudla", "gas", "bus"]
)
def test_a_word_stays_whole(word: str) -> None:
    assert parts_of(word) == asked_words(word) == [word]


@pytest.mark.parametrize(("one", "other"), [("glass", "glasse"), ("bus", "bu"), ("फोन", "फन")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert parts_of(one) != parts_of(other)


def test_letters_and_digits_are_indexed_apart_and_joined() -> None:
    assert parts_of("A15 cable 128GB") == ["a", "15", "cable", "128", "gb"]
    assert {"a15", "128gb", "a", "15"} <= set(indexed_words(parts_of("A15 cable 128GB")))
    assert {"a15", "128gb"} <= set(indexed_words(parts_of("A 15 cable 128 GB")))
    assert asked_words("a15 128 gb") == ["a15", "128gb"]


@given(LETTERS)
def test_whatever_is_written_is_found_by_what_is_written(text: str) -> None:
    assert set(asked_words(text)) <= set(indexed_words(parts_of(text)))


@given(st.text())
def test_any_text_gives_words_that_every_index_keeps_whole(text: str) -> None:
    for word in indexed_words(parts_of(text)):
        assert word
        assert not set(word) & set(" |_'\"")
        assert len(word) <= 40


@given(st.text(max_size=80))
def test_case_counts_for_nothing(text: str) -> None:
    assert parts_of(fold(text)) == parts_of(fold(text.upper())) or not text.isascii()


@given(st.text(max_size=80))
def test_asking_for_any_text_never_fails(text: str) -> None:
    assert all(isinstance(word, str) for word in asked_words(text))


@pytest.mark.parametrize("said", ["الهاتف", "بالهاتف", "والهاتف", "للهاتف", "هاتف"])
def test_the_article_of_arabic_is_left_out(said: str) -> None:
    assert parts_of(said) == ["هاتف"]


@pytest.mark.parametrize("said", ["الم", "الو", "التي"])
def test_short_words_that_begin_like_the_article_stay_whole(said: str) -> None:
    assert parts_of(said) == [said.replace("ى", "ي")]
