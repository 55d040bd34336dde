"""What a merchant may set about its store, as its file says it."""

import pytest

from sokoni.bootstrap import kinds
from sokoni.capabilities.store.settings import StoreSettings
from sokoni.merchants.file import MerchantFileError, read_merchant_file
from tests.demo.shipped import text_of

SYNONYMS = "    synonyms:\n      - [mealie meal, hupfu, impuphu, maize meal]\n      - {}\n"


def file_with(line: str) -> str:
    """Return the shipped shop's file with a second line of synonyms."""
    text = text_of("corner-shop")
    assert "  store:\n" in text
    return text.replace("  store:\n", f"  store:\n{SYNONYMS.format(line)}", 1)


def test_synonyms_are_taken_from_the_file() -> None:
    file = read_merchant_file(file_with("[takkies, sneakers]"), kinds(production=False), {})

    settings = StoreSettings.of(file.said.capabilities["store"])

    assert settings.synonyms == (
        ("mealie meal", "hupfu", "impuphu", "maize meal"),
        ("takkies", "sneakers"),
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[takkies]", "at least 2 items"),
        ("takkies", "this should be a list"),
        ("[takkies, sneakers, '  ']", "has no word to look for"),
        ("[takkies, sneakers, '...']", "has no word to look for"),
        ("[takkies, TAKKIES]", "two of these are the same word"),
        ("[flour, hupfu]", "hupfu: in two lists of synonyms"),
    ],
)
def test_synonyms_that_say_nothing_are_named_with_their_line(line: str, expected: str) -> None:
    with pytest.raises(MerchantFileError) as refused:
        read_merchant_file(file_with(line), kinds(production=False), {}, source="shop.yaml")

    (problem,) = (one.what for one in refused.value.problems)
    assert expected in problem
