"""A phone that shows neither buttons nor lists is sent numbers, and may type them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sokoni.config import Settings
from sokoni.testing.stage import ChannelName, Server, server

SELLER, BUYER = "+263771000001", "+263772000002"


@pytest.fixture
async def market(tmp_path: Path) -> AsyncIterator[Server]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/sokoni.db")
    async with server(settings, ChannelName.SIMULATOR, "gokwe-market", None) as opened:
        yield opened


async def says(market: Server, who: str, text: str, *, text_only: bool = True) -> dict[str, Any]:
    """Have the phone write, and return what it was sent last."""
    body = {"merchant": "gokwe-market", "from": who, "text": text, "text_only": text_only}
    await market.web.post("/webhook/simulator", body)
    await market.settle()
    answer = await market.web.get(f"/api/v1/simulator/gokwe-market/{who}/messages")
    last: dict[str, Any] = answer.json()["messages"][-1]
    return last


async def test_choices_are_numbers_in_the_text_and_a_typed_number_takes_one(
    market: Server,
) -> None:
    summary = await says(market, SELLER, "Selling 10 goats at $20 in Gokwe")
    listed = await says(market, SELLER, "1")

    assert (summary["kind"], summary["choices"]) == ("text", [])
    assert "1. Yes" in summary["text"]
    assert "2. Edit" in summary["text"]
    assert "Listed: 10 goats" in listed["text"]


async def test_a_label_may_be_typed_as_well(market: Server) -> None:
    await says(market, SELLER, "Selling 10 goats at $20 in Gokwe")

    assert "What would you like to change?" in (await says(market, SELLER, "edit"))["text"]


async def test_what_others_cause_is_numbered_too(market: Server) -> None:
    for line in ("Selling 10 goats at $20 in Gokwe", "yes", "Tendai"):
        await says(market, SELLER, line)
    for line in ("looking for goats in Gokwe", "1", "ask the seller", "Rudo"):
        await says(market, BUYER, line, text_only=False)
    answer = await market.web.get(f"/api/v1/simulator/gokwe-market/{SELLER}/messages")

    asked = answer.json()["messages"][-1]

    assert (asked["kind"], asked["choices"]) == ("text", [])
    assert "1. " in asked["text"]


async def test_another_phone_in_the_hand_shows_buttons_again(market: Server) -> None:
    first = await says(market, SELLER, "menu")
    second = await says(market, SELLER, "menu", text_only=False)

    assert (first["kind"], second["kind"]) == ("text", "list")
