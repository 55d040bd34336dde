"""Control words: whole messages, in every language, and nothing else."""

import pytest

from sokoni.language.control import Control, control_word, menu_number
from sokoni.language.words import words_of
from tests.language.said import phrases

_SAID = [(said, name) for name, listed in phrases("controls").items() for said in listed]


@pytest.mark.parametrize(("said", "means"), _SAID)
def test_a_control_word_is_a_whole_message(said: str, means: str) -> None:
    word = control_word(words_of(said))

    assert (word.control if word else "none") == means


@pytest.mark.parametrize(
    ("said", "language"),
    [("hongu", "sn"), ("yebo", "nd"), ("yes", "en"), ("rubatsiro", "sn"), ("usizo", "nd")],
)
def test_a_control_word_tells_its_language(said: str, language: str) -> None:
    word = control_word(words_of(said))

    assert word is not None
    assert word.language == language


@pytest.mark.parametrize(
    ("said", "speaks"),
    [
        ("Shona", "sn"),
        ("isiNdebele", "nd"),
        ("chirungu", "en"),
        ("عربي", "ar"),
        ("in hindi", "hi"),
        ("taura chirungu", "en"),
        ("khuluma isikhiwa", "en"),
        ("ndoda ndebele", "nd"),
        ("ngifuna chishona", "sn"),
        ("do you speak shona", "sn"),
    ],
)
def test_a_language_is_chosen_by_its_name(said: str, speaks: str) -> None:
    word = control_word(words_of(said))

    assert word is not None
    assert (word.control, word.speaks) == (Control.LANGUAGE, speaks)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2", 2),
        ("٢", 2),
        ("२", 2),
        ("2️⃣", 2),
        ("2.", 2),
        ("(2)", 2),
        ("#2", 2),
        ("option 2", 2),
        ("number 2 please", 2),
        ("12", 12),
        ("first", 1),
        ("the second one", 2),
        ("yechipiri", 2),
        ("0", None),
        ("100", None),
        ("2 goats", None),
        ("two goats", None),
        ("2.5", None),
        ("the first two", None),
        ("", None),
        ("yes", None),
    ],
)
def test_an_option_is_picked_by_its_number(said: str, number: int | None) -> None:
    assert menu_number(words_of(said)) == number
