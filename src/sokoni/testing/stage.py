"""Servers to play transcripts on: a database of its own for each, a clock that stands still."""

import atexit
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import yaml
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.bootstrap import App, kinds, running
from sokoni.config import Environment, Settings
from sokoni.demo.merchants import FOLDER, demo_names, load_demo
from sokoni.edge import Side, edge
from sokoni.merchants.file import read_merchant_file
from sokoni.merchants.lines import SAFE_LOADER
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import MerchantUnknownError
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.testing.copies import Loaded, read_rows, write_rows
from sokoni.testing.databases import Spares
from sokoni.testing.transcripts.matching import Shown
from sokoni.testing.transcripts.phones import Phones
from sokoni.testing.transcripts.playing import Player, Stage, Written
from sokoni.testing.transcripts.simulated import SimulatedPhones
from sokoni.testing.transcripts.steps import NOTHING
from sokoni.testing.transcripts.twilio import twilio_phones
from sokoni.testing.transcripts.whatsapp import whatsapp_phones
from sokoni.workers.crew import Crew

_PATIENCE: Final = timedelta(seconds=10)
"""How far the clock moves after a turn for messages that are sent slowly, or once more."""
_STEP: Final = timedelta(milliseconds=1)


class ChannelName(StrEnum):
    """Over which channel scripts are played."""

    SIMULATOR = "simulator"
    WHATSAPP_CLOUD = "whatsapp_cloud"
    TWILIO_WHATSAPP = "twilio_whatsapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server(Player):
    """One merchant's server, everything in it real but the clock and the provider."""

    app: App
    crew: Crew
    web: AsgiClient
    """Its webhooks and its API."""
    clock: StoppedClock
    phones: Phones
    profile: MerchantProfile

    @override
    async def write(self, who: str, what: Written) -> None:
        await self.phones.write(who, what)

    @override
    async def sent_to(self, who: str) -> list[Shown]:
        return list(await self.phones.sent_to(who))

    @override
    async def settle(self) -> None:
        await self._run()
        await self._go_on_until(self.clock() + timedelta(milliseconds=self.profile.quiet_ms))
        patience = self.clock() + _PATIENCE
        while (due := self.crew.delivery.next_due()) is not None and due <= patience:
            await self._go_on_until(max(due, self.clock() + _STEP))

    @override
    async def wait(self, time: timedelta) -> None:
        await self._run()
        await self._go_on_until(self.clock() + time)

    async def _go_on_until(self, end: datetime) -> None:
        """Move the clock from due time to due time."""
        while (due := await self.crew.next_due()) is not None and due <= end:
            self.clock.set(max(due, self.clock() + _STEP))
            await self._run()
        self.clock.set(max(end, self.clock()))
        await self._run()

    async def _run(self) -> None:
        await self.crew.run_until_idle()
        while await self.phones.settle():
            await self.crew.run_until_idle()


class Theatre(Stage):
    """Opens a server for each merchant when it is first wanted, and again for `fresh`."""

    def __init__(
        self, settings: Settings, channel: ChannelName, spares: Spares | None = None
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._spares = spares
        self._open: dict[str, tuple[Server, AsyncExitStack]] = {}

    @override
    async def player(
        self,
        merchant: str,
        *,
        now: datetime | None,
        fresh: bool,
        besides: Mapping[str, Any] = NOTHING,
    ) -> Player:
        if fresh:
            await self._close(merchant)
        if merchant not in self._open:
            self._open[merchant] = await self._opened(merchant, now, besides)
            return self._open[merchant][0]
        server, _ = self._open[merchant]
        if now is not None:
            await server.wait(max(timedelta(), _instant(now, server.profile) - server.clock()))
        return server

    async def close(self) -> None:
        """Close every server and give its database back."""
        for merchant in tuple(self._open):
            await self._close(merchant)

    async def _opened(
        self, merchant: str, now: datetime | None, besides: Mapping[str, Any]
    ) -> tuple[Server, AsyncExitStack]:
        stack = AsyncExitStack()
        try:
            opening = server(
                self._settings, self._channel, merchant, now, besides=besides, spares=self._spares
            )
            return await stack.enter_async_context(opening), stack
        except BaseException:
            await stack.aclose()
            raise

    async def _close(self, merchant: str) -> None:
        if merchant in self._open:
            _, stack = self._open.pop(merchant)
            await stack.aclose()


@asynccontextmanager
async def server(
    settings: Settings,
    channel: ChannelName,
    merchant: str,
    now: datetime | None,
    besides: Mapping[str, Any] = NOTHING,
    spares: Spares | None = None,
) -> AsyncIterator[Server]:
    """Open a merchant's server on a database of its own, its demo data loaded.

    Without `spares` that lend one, it is made beside the configured one and dropped in the end.
    """
    async with AsyncExitStack() as stack:
        if spares is None:
            spares = await stack.enter_async_context(Spares(settings.database_url))
        url = await stack.enter_async_context(spares.lent())
        loaded = spares.loaded.get((merchant, now))
        clock = StoppedClock(datetime.now(UTC) if loaded is None else loaded.at)
        if loaded is not None:
            await write_rows(url, loaded.rows)
        app = await stack.enter_async_context(running(_own(settings, url, spares.key), clock))
        if loaded is None:
            await _load(app, merchant, clock, now)
            spares.loaded[merchant, now] = Loaded(clock(), await read_rows(app.engine))
        profile = await _profile(app, merchant)
        if besides:
            profile = await _say_besides(app, merchant, besides)
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        yield Server(
            app=app,
            crew=Crew.of(app),
            web=web,
            clock=clock,
            phones=await stack.enter_async_context(_phones(app, channel, profile, web)),
            profile=profile,
        )


class OwnSettings(Settings):
    """Settings that share nothing with the configured installation."""

    @property
    @override
    def key_file(self) -> Path:
        """What is learnt from phrases is kept beside it: once for all servers of the process."""
        return _scratch() / "own.keys"

    @property
    @override
    def media_folder(self) -> Path:
        return _scratch() / "media"


@cache
def _scratch() -> Path:
    folder = TemporaryDirectory(prefix="sokoni-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _own(settings: Settings, url: str, key: str) -> Settings:
    own = {
        "database_url": url,
        "redis_url": "",
        "secret_keys": SecretStr(key),
        "media_bucket_url": "",
        # Fakes of providers are on this machine.
        "media_private_hosts": "127.0.0.1,localhost",
    }
    return OwnSettings(**{**settings.model_dump(), **own, "env": Environment.DEVELOPMENT})


async def _load(app: App, merchant: str, clock: StoppedClock, now: datetime | None) -> None:
    """Load the merchant, its data as of the script's own time."""
    known = kinds(production=False)
    if now is not None and merchant in demo_names():
        text = (FOLDER / f"{merchant}.yaml").read_text("utf-8")
        zone = ZoneInfo(read_merchant_file(text, known, {}).said.timezone)
        clock.set(now.replace(tzinfo=zone).astimezone(UTC))
    await load_demo(app, known, [merchant])
    await app.refresh()


async def _profile(app: App, merchant: str) -> MerchantProfile:
    profile = await app.merchants.find(merchant)
    if profile is None:
        raise MerchantUnknownError(merchant)
    return profile


async def _say_besides(app: App, merchant: str, besides: Mapping[str, Any]) -> MerchantProfile:
    """Apply the merchant's file once more, with what the script says of it."""
    text = (FOLDER / f"{merchant}.yaml").read_text("utf-8")
    said = yaml.load(text, Loader=SAFE_LOADER)  # noqa: S506
    merged = yaml.safe_dump(_merged(said, besides))
    file = read_merchant_file(merged, kinds(production=False), {})
    async with AsyncSession(app.engine) as session, session.begin():
        await apply_merchant_file(session, app.vault, app.clock, file)
    await app.refresh()
    return await _profile(app, merchant)


def _merged(said: Mapping[str, Any], besides: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(said)
    for key, value in besides.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = _merged(before, value)
        else:
            merged[key] = value
    return merged


@asynccontextmanager
async def _phones(
    app: App, channel: ChannelName, profile: MerchantProfile, web: AsgiClient
) -> AsyncIterator[Phones]:
    match channel:
        case ChannelName.SIMULATOR:
            yield SimulatedPhones(web, profile.slug)
        case ChannelName.WHATSAPP_CLOUD:
            async with whatsapp_phones(app, profile.id, web) as cloud:
                yield cloud
        case ChannelName.TWILIO_WHATSAPP:
            async with twilio_phones(app, profile.id, web) as twilio:
                yield twilio


def _instant(local: datetime, profile: MerchantProfile) -> datetime:
    return local.replace(tzinfo=profile.zone).astimezone(UTC)
