"""What people write in a shop's chat is understood no worse than when it was last looked at."""

from collections.abc import Mapping
from typing import Final

import pytest

from tests.capabilities.store.hearing import (
    HELD_OUT,
    MENDED_BY,
    THIRD,
    THIRD_HELD_OUT,
    quantities,
    scores,
)
from tests.language.counted import Counted

_AT_LEAST: Final[Mapping[str, Mapping[str, str]]] = {
    MENDED_BY: {"en": "117/121", "sn": "34/35", "nd": "19/19", "mixed": "6/6", "none": "27/30"},
    HELD_OUT: {"en": "84/113", "sn": "19/30", "nd": "16/22", "mixed": "5/7", "none": "28/31"},
    THIRD: {"en": "50/53", "sn": "25/27", "nd": "15/18", "mixed": "9/10", "none": "16/18"},
    THIRD_HELD_OUT: {
        "en": "38/53",
        "sn": "20/26",
        "nd": "12/19",
        "mixed": "8/10",
        "none": "16/18",
    },
}
_QUANTITIES: Final = {
    MENDED_BY: "26/30",
    HELD_OUT: "22/31",
    THIRD: "27/29",
    THIRD_HELD_OUT: "23/31",
}


@pytest.mark.parametrize("file", _AT_LEAST)
def test_no_language_is_understood_worse_than_before(file: str) -> None:
    now = scores(file)

    for language, least in _AT_LEAST[file].items():
        assert not now[language] < Counted.of(least), f"{language}: {now[language]}"


@pytest.mark.parametrize(("file", "least"), _QUANTITIES.items())
def test_how_many_are_wanted_is_read_with_the_task(file: str, least: str) -> None:
    now = quantities(file)

    assert not now < Counted.of(least), str(now)
