"""The word lists themselves: whole, and at one with each other."""

import pytest

from sokoni.language.lexicon import LANGUAGES, entries_of, keyed
from sokoni.language.words import words_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_weekdays_and_months_to_show(language: str) -> None:
    assert len(entries_of(language, "dates", "weekdays")) == 7
    assert len(entries_of(language, "dates", "months")) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_steer(language: str) -> None:
    commands = ("back", "more", "cancel", "menu", "help", "restart", "stop", "start", "agent")

    assert all(entries_of(language, "control", command) for command in commands)
    assert entries_of(language, "yes")
    assert entries_of(language, "no")


@pytest.mark.parametrize("language", ["sn", "nd"])
def test_every_unit_can_be_worded(language: str) -> None:
    english = {unit for _, unit, of in keyed("unit_words") if of == "en"}

    assert {unit for _, unit, of in keyed("unit_words") if of == language} == english


def test_every_entry_is_words() -> None:
    sections = ("numbers", "units", "currencies", "control")

    assert all(words_of(phrase).tokens for name in sections for phrase, _, _ in keyed(name))


def test_no_unit_word_means_two_units() -> None:
    units: dict[str, set[str]] = {}
    for phrase, unit, _ in keyed("units"):
        units.setdefault(phrase, set()).add(unit)

    assert {phrase: known for phrase, known in units.items() if len(known) > 1} == {}
