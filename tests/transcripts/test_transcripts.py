"""Every conversation in this folder, played on real databases over every channel."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

import pytest

from sokoni.config import Settings
from sokoni.testing.databases import Spares
from sokoni.testing.play import check_transcripts
from sokoni.testing.stage import ChannelName
from tests.conftest import THREE

FOLDER: Final = Path(__file__).parent
MARKETPLACE: Final = FOLDER / "marketplace.chat"
BOOKING: Final = FOLDER / "booking.chat"
STORE: Final = FOLDER / "store.chat"
ONBOARDING: Final = FOLDER / "onboarding.chat"
OTHERS: Final = sorted({*FOLDER.glob("*.chat")} - {MARKETPLACE, BOOKING, STORE, ONBOARDING})
CHANNELS: Final = tuple(ChannelName)
Played: TypeAlias = Callable[[Path, ChannelName], Awaitable[str]]


@pytest.fixture
def played(database_url: str, spares: Spares) -> Played:
    """Play one file and return what was told of it."""
    settings = Settings(database_url=database_url)

    async def play(path: Path, channel: ChannelName) -> str:
        told: list[str] = []
        await check_transcripts([path], settings, channel, told.append, spares)
        return "\n".join(told)

    return play


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_registration_works_from_end_to_end(played: Played, channel: ChannelName) -> None:
    assert (await played(ONBOARDING, channel)).startswith("ok ")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_marketplace_works_from_end_to_end(played: Played, channel: ChannelName) -> None:
    assert (await played(MARKETPLACE, channel)).startswith("ok ")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_booking_desk_works_from_end_to_end(
    played: Played, channel: ChannelName
) -> None:
    assert (await played(BOOKING, channel)).startswith("ok ")


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_shop_works_from_end_to_end(played: Played, channel: ChannelName) -> None:
    assert (await played(STORE, channel)).startswith("ok ")


@pytest.mark.parametrize(
    ("database_url", "channel"),
    [("sqlite", ChannelName.SIMULATOR), ("postgresql", ChannelName.WHATSAPP_CLOUD)],
    indirect=["database_url"],
)
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
async def test_what_people_do_besides(path: Path, played: Played, channel: ChannelName) -> None:
    assert (await played(path, channel)).startswith("ok ")


@pytest.mark.soak
@pytest.mark.parametrize("channel", [ChannelName.WHATSAPP_CLOUD, ChannelName.TWILIO_WHATSAPP])
@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
async def test_what_people_do_besides_on_every_database(
    path: Path, played: Played, channel: ChannelName
) -> None:
    assert (await played(path, channel)).startswith("ok ")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["sharing", "photos"])
async def test_what_comes_as_a_file_is_read_over_twilio_too(name: str, played: Played) -> None:
    path = FOLDER / f"{name}.chat"

    assert (await played(path, ChannelName.TWILIO_WHATSAPP)).startswith("ok ")
