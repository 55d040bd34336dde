"""What asks for nothing is told from what does."""

import pytest

from sokoni.language.remarks import is_remark
from sokoni.language.words import words_of


@pytest.mark.parametrize(
    "said",
    [
        "cool",
        "ok thats nice",
        "lol 😂",
        "Nice one!",
        "thanks will check",
        "let me ask my husband first",
        "zvakanaka hazvo",
        "ngizabuya kusasa",
    ],
)
def test_a_remark_asks_for_nothing(said: str) -> None:
    assert is_remark(words_of(said))


@pytest.mark.parametrize(
    "said",
    ["", "?", "ok", "thanks", "cool drinks", "nice shoes", "let me see the shoes", "really?", "5"],
)
def test_other_things_are_none(said: str) -> None:
    assert not is_remark(words_of(said))
