"""Phrases that start a task only where nothing else is said."""

from typing import Final

import pytest

from sokoni.dialogue.phrasing import OwnPhrase, OwnPhrases
from sokoni.dialogue.triggers import Triggers
from sokoni.language.words import words_of

_TRIGGERS: Final = Triggers([OwnPhrases((OwnPhrase("en", "copy", "alone", "my data"),))])


@pytest.mark.parametrize("said", ["my data", "My data.", "MY DATA?"])
def test_a_phrase_alone_starts_its_task(said: str) -> None:
    found = _TRIGGERS.find(words_of(said))

    assert found is not None
    assert found.task == _TRIGGERS.whole(words_of(said)) == "copy"


@pytest.mark.parametrize("said", ["my data is finished", "sell my data", ""])
def test_it_starts_nothing_beside_other_words(said: str) -> None:
    assert _TRIGGERS.find(words_of(said)) is None
    assert _TRIGGERS.whole(words_of(said)) is None
