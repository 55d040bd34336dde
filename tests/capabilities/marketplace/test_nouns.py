"""What traders' words mean, in three languages, singular and plural."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sokoni.capabilities.marketplace.nouns import meaning_of, singular, trade_nouns


@pytest.mark.parametrize(
    ("words", "noun"),
    [
        ("goat goats mbudzi imbuzi izimbuzi mbuzi GOATS", "=goat"),
        ("maize corn chibage chibagwe magwere umbila", "=maize"),
        ("cattle cow cows bull oxen mombe inkomo izinkomo", "=cattle"),
        ("chicken chickens hen huku inkukhu izinkukhu", "=chicken"),
        ("chair chairs chigaro zvigaro isihlalo izihlalo", "=chair"),
        ("plate plates ndiro umganu imiganu", "=plate"),
        ("tomato tomatoes matomatisi domasi otamatisi tomatos tomatoe", "=tomato"),
        ("axe axes demo matemo ihloka", "=axe"),
        ("vegetables veggies imibhida", "~vegetables"),
    ],
)
def test_words_for_one_thing_are_one_noun(words: str, noun: str) -> None:
    assert {word: meaning_of(word).required for word in words.split()} == dict.fromkeys(
        words.split(), (noun,)
    )


@pytest.mark.parametrize(
    ("thing", "required"),
    [
        ("engine oil", ("=engine-oil",)),
        ("cooking oil", ("=cooking-oil",)),
        ("two brown goats", ("=goat",)),
        ("day-old chicks", ("=chick",)),
        ("goat meat", ("=goat-meat",)),
        ("goats and sheep", ("=goat", "=sheep")),
        ("solar geysers", ("~solar", "geyser")),
        ("solar panels", ("=solar-panel",)),
        ("solar", ("~solar",)),
        ("spare wheels", ("~vehicles", "wheel")),
        ("fresh vegetables", ("~vegetables",)),
        ("clothes for children", ("~clothing",)),
        ("zvipfeko zvevana", ("~clothing",)),
        ("left-handed frobnicators", ("left", "handed", "frobnicator")),
        ("the", ("the",)),
        ("🐐", ("🐐",)),
    ],
)
def test_longest_name_wins_and_unknown_things_keep_their_words(
    thing: str, required: tuple[str, ...]
) -> None:
    assert meaning_of(thing).required == required


def test_broilers_are_found_by_chickens_and_by_poultry() -> None:
    tokens = meaning_of("broilers").tokens

    assert {"=broiler", "=chicken", "~poultry", "broiler"} == set(tokens)


def test_there_are_a_few_hundred_nouns() -> None:
    assert len(trade_nouns()) > 250


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("berries", "berry"),
        ("boxes", "box"),
        ("shoes", "shoe"),
        ("glass", "glass"),
        ("gas", "gas"),
    ],
)
def test_plural_endings_go(many: str, one: str) -> None:
    assert singular(many) == one


@given(st.text(max_size=200))
def test_any_text_has_tokens_that_fit_their_column(text: str) -> None:
    meaning = meaning_of(text)

    assert meaning.required or not text
    assert set(meaning.required) <= set(meaning.tokens)
    assert all(len(token) <= 48 for token in (*meaning.tokens, *meaning.trades))
    assert len(set(meaning.tokens)) == len(meaning.tokens)
