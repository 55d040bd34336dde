"""Selling by conversation: what is asked, what is summed up, what yes does."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Listing, Seller
from tests.capabilities.marketplace.market import Market

REFERENCE = re.compile(r"\bLST-[0-9A-Z]{7}\b")


async def listed(session: AsyncSession) -> list[tuple[str, str, str, str]]:
    """Return thing, quantity, price and basis of what is up."""
    rows = await session.scalars(select(Listing).order_by(Listing.id))
    return [(row.thing, f"{float(row.quantity):g}", f"{row.price:.2f}", row.basis) for row in rows]


async def test_one_sentence_is_summed_up_with_each_and_total_and_listed_on_yes(
    market: Market, session: AsyncSession
) -> None:
    seller = await market.phone()

    summary = await seller.says("Selling 10 goats at $20 in Gokwe")

    for part in ("10 goats", "Gokwe", "$20.00 each", "$200.00 for all", "[Yes]", "[Edit]"):
        assert part in summary
    assert await listed(session) == []

    done = await seller.says("yes")

    assert REFERENCE.search(done)
    assert await listed(session) == [("goats", "10", "20.00", "each")]


async def test_third_choice_reads_the_price_as_for_all(
    market: Market, session: AsyncSession
) -> None:
    seller = await market.phone()
    await seller.says("Selling 10 goats at $20 in Gokwe")

    summary = await seller.taps("$20.00 for all")

    assert "$2.00 each" in summary
    assert "$20.00 for all" in summary
    assert "[$20.00 each]" in summary
    await seller.says("yes")
    assert await listed(session) == [("goats", "10", "20.00", "total")]


@pytest.mark.parametrize(
    ("said", "shown", "switch"),
    [
        ("selling 10 goats at $20 each in Gokwe", "$200.00 for all", ""),
        ("selling 10 goats for $200 in total in Gokwe", "$20.00 each", ""),
        ("selling 1 cow $400 in Gokwe", "1 cow in Gokwe for $400.00", ""),
        ("I am selling a brown cow for $400 in Gokwe", "1 brown cow in Gokwe for $400.00", ""),
        ("selling my Honda Fit $3000 in Gokwe", "1 Honda Fit in Gokwe for $3,000.00", ""),
        ("selling engine oil 5 litres $18 in Gokwe", "$3.60 per litre", "[$18.00 per litre]"),
        ("selling 3 bags of maize 50kg at $10 in Gokwe", "$10.00 per bag", "[$10.00 for all]"),
    ],
)
async def test_price_is_read_as_it_is_usually_meant(
    market: Market, said: str, shown: str, switch: str
) -> None:
    seller = await market.phone()

    summary = await seller.says(said)

    assert shown in summary
    assert switch in summary
    assert summary.count("[") == (3 if switch else 2)


async def test_quantity_is_corrected_in_words(market: Market, session: AsyncSession) -> None:
    seller = await market.phone()
    await seller.says("Selling 10 goats at $20 in Gokwe")
    await seller.taps("Edit")

    summary = await seller.says("make it 12 goats")

    assert "12 goats" in summary
    assert "$240.00" in summary
    await seller.says("yes")
    assert await listed(session) == [("goats", "12", "20.00", "each")]


@pytest.mark.parametrize(
    ("language", "opening", "asked", "answers"),
    [
        ("en", "selling maize", ["how", "price", "where"], ["3 bags", "$10", "Gokwe"]),
        (
            "sn",
            "Ndinoda kutengesa mbudzi",
            ["zvingani", "marii", "kupi"],
            ["5", "$25", "Gokwe"],
        ),
        (
            "nd",
            "Ngifuna ukuthengisa imbuzi",
            ["kungaki", "malini", "ngaphi"],
            ["5", "$25", "Gokwe"],
        ),
    ],
)
async def test_what_is_missing_is_asked_in_the_sellers_language(
    market: Market, language: str, opening: str, asked: list[str], answers: list[str]
) -> None:
    seller = await market.phone(language=language)

    said = [await seller.says(opening)]
    for answer in answers:
        said.append(await seller.says(answer))  # noqa: PERF401 -- one after the other

    for word, answer_ in zip(asked, said, strict=False):
        assert word in answer_.casefold()
    assert "$" in said[-1]


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (["selling maize", "0 bags"], "how much or how many"),
        (["selling maize", "3 bags", "$0"], "price"),
        (["selling 5 goats at $20", "Atlantis"], "do not know that place"),
    ],
)
async def test_unusable_answer_is_refused_with_an_example(
    market: Market, session: AsyncSession, lines: list[str], refusal: str
) -> None:
    seller = await market.phone()

    assert refusal in (await seller.plays(*lines)).casefold()
    assert await listed(session) == []


async def test_who_lists_without_joining_becomes_a_seller_and_is_asked_for_a_name(
    market: Market, session: AsyncSession
) -> None:
    seller, buyer = await market.phone(), await market.phone()
    await seller.says("Selling 10 goats at $20 in Gokwe")

    done = await seller.says("yes")
    unnamed = await buyer.says("Looking for goats")
    thanks = await seller.says("Farai Moyo")
    named = await buyer.says("Looking for goats")

    assert "What name should buyers see?" in done
    assert "A seller in Gokwe" in unnamed
    assert "Farai Moyo" in thanks
    assert "Farai Moyo" in named
    assert (await session.scalars(select(Seller.place_name))).all() == ["Gokwe"]


async def test_name_may_be_skipped(market: Market) -> None:
    seller, buyer = await market.phone("Profile Name"), await market.phone()
    await seller.plays("Selling 10 goats at $20 in Gokwe", "yes")

    await seller.says("skip")

    assert "Profile Name" in await buyer.says("Looking for goats")


async def test_joined_seller_is_not_asked_for_place_or_name(market: Market) -> None:
    seller = await market.phone()
    await seller.plays("I want to join", "Rudo Ncube", "Gokwe")

    summary = await seller.says("selling engine oil 5 litres $18")
    done = await seller.says("yes")

    assert "engine oil" in summary
    assert "Gokwe" in summary
    assert "name" not in done
