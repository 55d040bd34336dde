"""A booking conversation of which Nominatim knows the places, and one in which it is away."""

from pathlib import Path

import pytest

from sokoni.config import Settings, UnsafeSettingsError, check_settings
from sokoni.testing.databases import Spares
from sokoni.testing.fake_nominatim import fake_nominatim
from sokoni.testing.loopback import Answered
from sokoni.testing.play import check_transcripts
from sokoni.testing.stage import ChannelName
from tests.conftest import THREE

CHAT = Path(__file__).with_name("located.chat")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_locations_are_named_while_the_talk_goes_on(spares: Spares) -> None:
    told: list[str] = []
    async with fake_nominatim(fewest_seconds=0) as fake:
        fake.put(-17.761, 30.883, suburb="Snake Park", city="Harare")
        fake.put(-18.9, 26.3, village="Ngamo", county="Tsholotsho")
        fake.script(None, None, Answered(503))
        settings = Settings(
            database_url=spares.beside,
            nominatim_url=fake.url,
            nominatim_user_agent="hustlr/1.0 (ops@example.com)",
        )
        await check_transcripts([CHAT], settings, ChannelName.SIMULATOR, told.append, spares)

    assert "\n".join(told).startswith("ok ")
    assert len(fake.asked) == 3


def test_nobody_is_asked_without_saying_who_asks() -> None:
    public = "https://nominatim.openstreetmap.org"

    with pytest.raises(UnsafeSettingsError, match="SOKONI_NOMINATIM_USER_AGENT"):
        check_settings(Settings(nominatim_url=public, nominatim_user_agent=""))
    with pytest.raises(UnsafeSettingsError, match="SOKONI_NOMINATIM_EVERY_SECONDS"):
        check_settings(
            Settings(
                nominatim_url=public,
                nominatim_user_agent="hustlr/1.0 (ops@example.com)",
                nominatim_every_seconds=0.1,
            )
        )
    check_settings(Settings(nominatim_url="", nominatim_user_agent=""))
