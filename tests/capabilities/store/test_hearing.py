"""What people write in a shop's chat is understood no worse than when it was last looked at."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.capabilities.store.hearing import HELD_OUT, MENDED_BY, quantities, scores
from tests.language.counted import Counted

_AT_LEAST: Final[Mapping[str, Mapping[str, str]]] = {
    MENDED_BY: {"en": "117/121", "sn": "34/35", "nd": "19/19", "mixed": "6/6", "none": "27/30"},
    HELD_OUT: {"en": "81/113", "sn": "19/30", "nd": "14/22", "mixed": "5/7", "none": "28/31"},
}
_QUANTITIES: Final = {MENDED_BY: "26/30", HELD_OUT: "19/31"}


@pytest.mark.parametrize("file", _AT_LEAST)
def test_no_language_is_understood_worse_than_before(file: str) -> None:
    now = scores(file)

    for language, least in _AT_LEAST[file].items():
        assert not now[language] < Counted.of(least), f"{language}: {now[language]}"


@pytest.mark.parametrize(("file", "least"), _QUANTITIES.items())
def test_how_many_are_wanted_is_read_with_the_task(file: str, least: str) -> None:
    now = quantities(file)

    assert not now < Counted.of(least), str(now)
