"""Verbs of Shona and Ndebele say the same whoever says them; other words stay what they are."""

import pytest

from sokoni.language.inflecting import built_in, uninflected


@pytest.mark.parametrize(
    "alike",
    [
        ("ndipe", "ndipei", "tipeiwo", "mundipewo"),
        ("ndoda", "toda", "tinoda", "ndaakuda", "ndirikuda"),
        ("ndapedza", "tapedza", "ndazvipedza"),
        ("handichadi", "hatichada"),
        ("ngifakele", "ungifakele", "faka", "sifakele"),
        ("angisafuni", "asisafuni", "kangisayifuni"),
        ("sengiqedile", "sesiqedile"),
        ("imarii", "rimarii", "zvimarii"),
        ("yangu", "yedu"),
        ("lilayo", "lilawo", "ulayo"),
    ],
)
def test_what_differs_only_in_who_says_it_is_the_same(alike: tuple[str, ...]) -> None:
    assert len({uninflected(word) for word in alike}) == 1
    assert uninflected(alike[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ndoda", "handidi"),
        ("ndobhadhara", "ndabhadhara"),
        ("ndotenga", "ndozotenga"),
        ("ngifuna", "angifuni"),
    ],
)
def test_what_says_another_thing_stays_apart(one: str, other: str) -> None:
    assert uninflected(one) != uninflected(other)


@pytest.mark.parametrize(
    "word", ["sugar", "take", "coke", "rice", "one", "total", "tenges", "abc"]
)
def test_words_of_other_languages_are_built_in_no_way(word: str) -> None:
    assert uninflected(word) == ""


def test_a_verb_shows_its_language_and_a_name_none() -> None:
    assert built_in("muine") == "sn"
    assert built_in("asisafuni") == "nd"
    assert built_in("tichaona") == ""
