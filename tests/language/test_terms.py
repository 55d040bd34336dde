"""The merchant's own words in what people write."""

from dataclasses import replace
from typing import Final

import pytest

from sokoni.language.phrases import Phrases
from sokoni.language.readers.term import TermReader
from sokoni.language.words import words_of
from tests.language.said import scene

_KIND: Final = "test.sector"
_SECTORS: Final = {
    _KIND: Phrases(
        [
            ("IT", "technology"),
            ("IT company", "technology"),
            ("retail", "retail"),
            ("services", "services"),
        ]
    )
}


def _read(said: str) -> object:
    return TermReader(_KIND).read(words_of(said), replace(scene(), terms=_SECTORS))


@pytest.mark.parametrize(
    ("said", "sector"),
    [
        ("IT", "technology"),
        ("it", "technology"),
        ("we do IT", "technology"),
        ("an it company", "technology"),
        ("is it free", None),
        ("WHY DO YOU NEED IT", None),
    ],
)
def test_an_abbreviation_that_is_a_word_too_stands_out_or_stands_alone(
    said: str, sector: str | None
) -> None:
    assert _read(said) == sector


@pytest.mark.parametrize(
    ("said", "sector"),
    [
        ("not retail, services", "services"),
        ("it isn't a retail but services", "services"),
        ("retail nahi, services", "services"),
        ("services, not retail", "services"),
        ("not retail", None),
    ],
)
def test_what_is_denied_is_not_meant(said: str, sector: str | None) -> None:
    assert _read(said) == sector
