"""Photos of listings on a whole server: fetched, shown to buyers, let go with what they show."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Listing
from sokoni.channels.outbound import Buttons, Content, Image
from sokoni.config import Settings
from sokoni.db.writing import writing
from sokoni.media.archive import erase
from sokoni.media.models import StoredFile
from sokoni.merchants.api_keys import ApiKeys
from sokoni.messaging.history import BODY
from sokoni.messaging.models import Message
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones
from tests.media.playing import play

SELL: Final = """
merchant: gokwe-market
@+263771000001
> selling 10 goats at $20 in Gokwe
> yes
> Tendai
> (image photo.jpg)
"""
LOOK: Final = """
merchant: gokwe-market
@+263771000002
> looking for goats in Gokwe
> [Tendai]
<~ Tendai has 10 goats
&[Ask the seller]
"""


def opened(folder: Path, channel: ChannelName) -> AbstractAsyncContextManager[Server]:
    settings = Settings(database_url=f"sqlite:///{folder}/sokoni.db")
    return server(settings, channel, "gokwe-market", None)


@pytest.fixture(params=list(ChannelName))
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Server]:
    async with opened(tmp_path, request.param) as place:
        yield place


@pytest.fixture
async def cloud(tmp_path: Path) -> AsyncIterator[Server]:
    async with opened(tmp_path, ChannelName.WHATSAPP_CLOUD) as place:
        yield place


async def listing(place: Server) -> Listing:
    async with AsyncSession(place.app.engine) as session:
        found = await session.scalar(select(Listing).where(Listing.thing == "goats"))
    assert found is not None
    return found


async def files(place: Server) -> list[StoredFile]:
    async with AsyncSession(place.app.engine) as session:
        return list(await session.scalars(select(StoredFile)))


async def shown(place: Server, words: str) -> list[Content]:
    """Return the contents that went out with these words, and just before them."""
    async with AsyncSession(place.app.engine) as session:
        rows = await session.scalars(
            select(Message).where(Message.outbound.is_(True)).order_by(Message.id)
        )
        vault = place.app.vault
        said = [
            msgspec.json.decode(vault.open(BODY, one.id, one.body), type=Content) for one in rows
        ]
    last = max(number for number, one in enumerate(said) if words in str(one))
    return said[last - 1 : last + 1]


async def test_buyer_sees_the_photo_above_the_words_and_the_choices(place: Server) -> None:
    await play(place, SELL)
    await play(place, LOOK)

    *before, words = await shown(place, "Tendai has 10 goats")
    assert isinstance(words, Buttons)
    picture = words.image_url or next(one.url for one in before if isinstance(one, Image))
    seen = await place.web.get(picture)
    assert (seen.status, seen.headers["content-type"]) == (200, "image/jpeg")
    [kept] = await files(place)
    assert (kept.id, kept.expires_at) == ((await listing(place)).photo_id, None)


async def test_seller_sees_the_photo_with_the_listing(cloud: Server) -> None:
    await play(cloud, SELL)
    look = "> my listings\n> [10 goats]\n<~ Your listing\n"
    await play(cloud, f"merchant: gokwe-market\n@+263771000001\n{look}")

    _, words = await shown(cloud, "Your listing")
    assert isinstance(words, Buttons)
    assert (await cloud.web.get(words.image_url)).status == 200


async def test_programs_learn_where_the_photo_is(cloud: Server) -> None:
    await play(cloud, SELL)
    async with AsyncSession(cloud.app.engine) as session, session.begin():
        key = await ApiKeys(session, cloud.clock).issue(cloud.profile.id, "shop", ["read"])
    bearer = {"authorization": f"Bearer {key}"}

    [found] = (await cloud.web.get("/api/v1/search?q=goats&place=Gokwe", bearer)).json()

    assert (await cloud.web.get(found["photo"])).status == 200


async def test_listing_of_an_erased_photo_is_shown_without_it(cloud: Server) -> None:
    await play(cloud, SELL)
    seller = (await listing(cloud)).contact_id
    async with writing(cloud.app.engine) as connection:
        await erase(connection, seller, cloud.clock())

    await play(cloud, LOOK)

    _, words = await shown(cloud, "Tendai has 10 goats")
    assert isinstance(words, Buttons)
    assert words.image_url == ""


async def test_photo_goes_with_its_listing(cloud: Server) -> None:
    await play(cloud, SELL)
    await play(cloud, "merchant: gokwe-market\n@+263771000001\n> withdraw my goats\n> yes\n")

    await cloud.wait(timedelta(minutes=2))
    assert (await listing(cloud)).photo_id is None
    await cloud.wait(timedelta(days=2))

    assert await files(cloud) == []


async def test_another_photo_takes_the_place_of_the_first_which_goes(cloud: Server) -> None:
    await play(cloud, SELL)
    first = (await listing(cloud)).photo_id

    await play(
        cloud,
        """
merchant: gokwe-market
@+263771000001
> change the photo of my goats
> (image photo.jpg)
<~ Buyers now see your photo of 10 goats.
""",
    )

    second = (await listing(cloud)).photo_id
    lives = {one.id: one.expires_at for one in await files(cloud)}
    assert second != first
    assert second is not None
    assert lives[second] is None
    assert first is not None
    assert lives[first] is not None


async def test_photo_that_cannot_be_had_is_owned_up_to_and_may_be_sent_again(
    cloud: Server,
) -> None:
    phones = cloud.phones
    assert isinstance(phones, WhatsAppPhones)
    life, phones.graph.media.life = phones.graph.media.life, timedelta(0)
    await play(cloud, SELL + "wait 10m\n<~ I could not get what you sent.\n")
    assert (await listing(cloud)).photo_id is None

    phones.graph.media.life = life
    again = "<~ Buyers now see your photo of 10 goats.\n"
    await play(cloud, f"merchant: gokwe-market\n@+263771000001\n> (image photo.jpg)\n{again}")

    assert (await listing(cloud)).photo_id is not None


async def test_while_a_photo_is_on_its_way_nobody_is_told_that_there_is_one(
    cloud: Server,
) -> None:
    phones = cloud.phones
    assert isinstance(phones, WhatsAppPhones)
    life, phones.graph.media.life = phones.graph.media.life, timedelta(0)
    await play(cloud, SELL + "> (image photo.jpg)\n!? .\n")

    phones.graph.media.life = life
    at_last = "<~ Buyers now see your photo of 10 goats.\n"
    await play(cloud, f"merchant: gokwe-market\n@+263771000001\nwait 10m\n{at_last}")

    assert len(await files(cloud)) == 1


async def test_first_of_an_album_is_the_photo(cloud: Server) -> None:
    album = SELL + ">+ (image photo.jpg)\n>+ (image photo.jpg)\n"
    await play(cloud, album + "<~ Buyers now see your photo of 10 goats.\n!~ already\n")

    assert len(await files(cloud)) == 1


async def test_voice_note_after_a_listing_is_no_photo(cloud: Server) -> None:
    await play(cloud, SELL.replace("image photo.jpg", "audio voice.ogg") + "<~ Please type it.\n")

    assert await files(cloud) == []
