"""A photo from the contact's phone to the wall, over every channel, with everything in between."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import GROUP, App, kinds, running
from sokoni.config import Settings
from sokoni.demo.merchants import load_demo
from sokoni.edge import Side, edge
from sokoni.media.models import StoredFile
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.testing.databases import create_tables
from sokoni.testing.stage import ChannelName, Server
from sokoni.testing.transcripts.phones import Phones
from sokoni.testing.transcripts.simulated import SimulatedPhones
from sokoni.testing.transcripts.steps import File, Words
from sokoni.testing.transcripts.twilio import twilio_phones
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones, whatsapp_phones
from sokoni.workers.crew import Crew
from tests.media.playing import play
from tests.media.wall import HangFlow

ANA: Final = "+263771000001"
_POINT: Final = f"[{GROUP}]\nwall = tests.media.wall:WALL\n"
_MERCHANT: Final = """
merchant: gallery
name: Gallery
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities:
  wall: {}
channels:
  - channel: simulator
"""
_PROVIDERS: Final[Mapping[ChannelName, Callable[..., AbstractAsyncContextManager[Phones]]]] = {
    ChannelName.WHATSAPP_CLOUD: whatsapp_phones,
    ChannelName.TWILIO_WHATSAPP: twilio_phones,
}
_CHAT: Final = """
merchant: gallery
@+263771000001
> hang a photo
< What is it called?
> (audio voice.ogg)
<~ Please type it.
<~ What is it called?
> Sunset
<~ Please send the photo.
&[Skip]
> (video dance.mp4)
<~ I need a photo.
> (image photo.jpg)
<~ Sunset. Right?
> [Yes]
< It hangs.
> (image photo.jpg)
<~ I cannot use a picture here.
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the wall as a package."""
    told = tmp_path / "site" / "sokoni_wall-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Name: sokoni-wall\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(_POINT)
    monkeypatch.syspath_prepend(tmp_path / "site")
    HangFlow.hung.clear()
    HangFlow.shown.clear()


@pytest.fixture(params=list(ChannelName))
async def server(
    request: pytest.FixtureRequest, tmp_path: Path, installed: None
) -> AsyncIterator[Server]:
    async with gallery(tmp_path, request.param) as server:
        yield server


@asynccontextmanager
async def gallery(folder: Path, channel: ChannelName) -> AsyncIterator[Server]:
    (folder / "gallery.yaml").write_text(_MERCHANT)
    settings = Settings(
        database_url=f"sqlite:///{folder}/sokoni.db", media_private_hosts="127.0.0.1,localhost"
    )
    await create_tables(settings.database_url)
    clock = StoppedClock()
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running(settings, clock))
        await load_demo(app, kinds(production=False), ["gallery"], folder=folder)
        await app.refresh()
        profile = await app.merchants.find("gallery")
        assert profile is not None
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        phones: Phones = SimulatedPhones(web, profile.slug)
        if channel in _PROVIDERS:
            provider = _PROVIDERS[channel](app, profile.id, web)
            phones = await stack.enter_async_context(provider)
        yield Server(
            app=app,
            crew=Crew.of(app),
            web=web,
            clock=clock,
            phones=phones,
            profile=profile,
        )


async def rows(app: App) -> list[StoredFile]:
    async with AsyncSession(app.engine) as session:
        return list((await session.scalars(select(StoredFile))).all())


async def test_photo_hangs_on_the_wall_and_can_be_seen(server: Server) -> None:
    await play(server, _CHAT)

    [ref] = HangFlow.hung
    [row] = await rows(server.app)
    assert (row.id, row.expires_at) == (ref.id, None)
    [link] = HangFlow.shown
    seen = await server.web.get(link)
    assert (seen.status, seen.headers["content-type"]) == (200, "image/jpeg")
    assert seen.body.startswith(b"\xff\xd8\xff")


async def test_photo_that_nobody_kept_is_cleared_by_the_sweep(server: Server) -> None:
    await play(server, _CHAT.partition("> [Yes]")[0])
    folder = server.app.settings.media_folder
    assert any(path.is_file() for path in folder.rglob("*"))

    await server.wait(timedelta(days=61))

    assert await rows(server.app) == []
    assert not any(path.is_file() for path in folder.rglob("*"))
    assert (await server.web.get(HangFlow.shown[0])).status == 404


async def test_photo_that_cannot_be_fetched_is_owned_up_to_and_may_be_skipped(
    tmp_path: Path, installed: None
) -> None:
    async with gallery(tmp_path, ChannelName.WHATSAPP_CLOUD) as server:
        phones = server.phones
        assert isinstance(phones, WhatsAppPhones)
        phones.graph.media.life = timedelta(0)
        await play(
            server,
            """
merchant: gallery
@+263771000001
> hang a photo
> Sunset
> (image photo.jpg)
!~ Right?
> are you there
<~ One moment, I am still getting what you sent.
&[Skip]
wait 10m
<~ I could not get what you sent. Please send it again.
&[Skip]
> [Skip]
<~ Sunset. Right?
> yes
< It hangs.
""",
        )

    assert HangFlow.hung == []


async def test_nothing_is_fetched_in_a_turn(tmp_path: Path, installed: None) -> None:
    async with gallery(tmp_path, ChannelName.WHATSAPP_CLOUD) as server:
        phones = server.phones
        assert isinstance(phones, WhatsAppPhones)
        for said in (Words("hang a photo"), Words("Sunset")):
            await server.write(ANA, said)
            await server.settle()

        await server.write(ANA, File("image", "photo.jpg"))
        server.clock.advance(timedelta(seconds=2))
        await server.crew.turns.run_once()
        assert phones.graph.media.downloads == 0
        assert await rows(server.app) == []

        await server.crew.requests.run_once()
        assert phones.graph.media.downloads == 1
