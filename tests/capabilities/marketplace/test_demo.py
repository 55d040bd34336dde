"""The shipped market: rich, quick to load, with room for the transcripts."""

import time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import sokoni.demo
from sokoni.capabilities.marketplace.demo import load_demo
from sokoni.capabilities.marketplace.models import BuyRequest, Listing, Seller
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.db.vault import Vault
from sokoni.demo.loading import DemoDataError, Loading
from sokoni.merchants.profile import MerchantProfile
from sokoni.reviews.models import Review
from sokoni.testing.clock import StoppedClock
from tests.capabilities.marketplace.factories import MARKET

FILE: Final = Path(sokoni.demo.__file__).parent / "gokwe-market.data.yaml"
TRANSCRIPTS: Final = tuple(f"+26377{digit}00000{digit}" for digit in range(1, 7))


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    content: dict[str, dict[str, Any]] = yaml.load(FILE.read_bytes(), Loader=yaml.CSafeLoader)
    return content["marketplace"]


@pytest.fixture
def loading(session: AsyncSession, vault: Vault, clock: StoppedClock) -> Loading:
    merchant = MerchantProfile(
        id=MARKET,
        slug="gokwe-market",
        name="Gokwe Market",
        country="ZW",
        currency="USD",
        zone=ZoneInfo("Africa/Harare"),
        languages=("en", "sn", "nd"),
        capabilities={"marketplace": {"listing_days": 30}},
    )
    return Loading(session=session, vault=vault, merchant=merchant, clock=clock)


async def test_the_market_is_loaded_whole(loading: Loading, data: dict[str, Any]) -> None:
    began = time.process_time()

    await load_demo(loading, data)

    # Generous, for a busy machine; a query per row would take many times as long.
    assert time.process_time() - began < 6
    counts = [
        await loading.session.scalar(select(func.count()).select_from(table))
        for table in (Seller, Listing, BuyRequest, Review)
    ]
    assert counts == [52, 364, 12, 8]
    oldest = await loading.session.scalar(select(func.min(Listing.expires_at)))
    assert oldest is not None
    assert oldest > loading.clock()


def test_there_is_room_for_the_transcripts(data: dict[str, Any]) -> None:
    people = [*data["sellers"], *data["requests"]]
    things = [line.split("|")[0] for seller in data["sellers"] for line in seller["sells"]]

    assert not {person["phone"] for person in people} & set(TRANSCRIPTS)
    assert not [one["name"] for one in people if "Tendai" in one["name"] or "Rudo" in one["name"]]
    for wanted in ("goats", "engine oil"):
        meant = set(meaning_of(wanted).required)
        assert not [thing for thing in things if meant <= set(meaning_of(thing).tokens)]
        assert not [
            one for one in data["requests"] if set(meaning_of(one["thing"]).required) <= meant
        ]


def test_everything_shipped_has_a_noun(data: dict[str, Any]) -> None:
    things = {line.split("|")[0] for seller in data["sellers"] for line in seller["sells"]}

    assert [one for one in things if not meaning_of(one).required[0].startswith(("=", "~"))] == []


@pytest.mark.parametrize(
    ("line", "place"),
    [("maize | 3 bag", "Gokwe"), ("maize | many | 3.00", "Gokwe"), ("maize | 3 | 3", "Atlantis")],
)
async def test_a_mistake_in_the_data_is_named(loading: Loading, line: str, place: str) -> None:
    seller = {"name": "A B", "phone": "+263782314159", "place": place, "sells": [line]}

    with pytest.raises(DemoDataError):
        await load_demo(loading, {"sellers": [seller]})


async def test_a_deal_with_nobody_is_named(loading: Loading) -> None:
    deal = {"seller": "+263782314159", "buyer": "+263782314158", "thing": "maize", "stars": 5}

    with pytest.raises(DemoDataError, match="is nobody's"):
        await load_demo(loading, {"deals": [deal]})


async def test_nobody_of_the_market_rates_in_a_circle(
    loading: Loading, data: dict[str, Any]
) -> None:
    await load_demo(loading, data)

    sellers = {one["seller"] for one in data["deals"]}
    assert {one["buyer"] for one in data["deals"] if one["stars"] == 5}.isdisjoint(sellers)
