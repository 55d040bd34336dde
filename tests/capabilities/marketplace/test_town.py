"""A town of sellers: most of what somebody has is found, and nobody is told too much."""

import pytest

from tests.capabilities.marketplace.town import Figures, lived


def held_to_its_word(figures: Figures) -> None:
    """Check what must hold in every town, however large."""
    print(figures)  # noqa: T201 -- the figures are wanted, be they good or bad
    assert figures.alerts <= 15
    assert figures.most_a_day <= 3
    assert figures.after_opt_out == 0
    assert figures.after_closing == 0


async def test_a_small_town_is_served_and_left_in_peace(database_url: str) -> None:
    figures = await lived(database_url, sellers=60, days=1, requests_a_day=4)

    held_to_its_word(figures)
    assert figures.offered >= 0.6 * figures.fillable


@pytest.mark.soak
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_town_of_five_hundred_sellers(database_url: str) -> None:
    figures = await lived(database_url, sellers=500, days=3, requests_a_day=24)

    held_to_its_word(figures)
    assert figures.share >= 0.9
