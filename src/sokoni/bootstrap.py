"""The only place that knows every part: settings in, running App out."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.booking.manifest import BOOKING
from sokoni.capabilities.broadcast.manifest import BROADCAST
from sokoni.capabilities.marketplace.manifest import MARKETPLACE
from sokoni.capabilities.onboarding.manifest import ONBOARDING
from sokoni.capabilities.rights.manifest import RIGHTS
from sokoni.capabilities.store.manifest import STORE
from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.config import Settings
from sokoni.connectors.nominatim.client import Nominatim
from sokoni.connectors.nominatim.config import NominatimConfig
from sokoni.db.engine import open_engine, with_driver
from sokoni.db.keys import open_vault
from sokoni.db.vault import Vault
from sokoni.dialogue import code_requests
from sokoni.dialogue.cards import CARD, CardPerformer
from sokoni.dialogue.code_sending import CheckPerformer as CodeCheckPerformer
from sokoni.dialogue.code_sending import CodeParts, SendPerformer
from sokoni.dialogue.code_templates import TemplatesByChannel
from sokoni.dialogue.dialogues import Dialogues
from sokoni.dialogue.fetching import FETCH, FetchPerformer
from sokoni.dialogue.forgetting import ERASE, ErasePerformer
from sokoni.dialogue.locating import LOCATE, LocatePerformer
from sokoni.dialogue.making import MakePerformer, Workshop
from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.payment_requests import CHECK, LINK, REFUND
from sokoni.dialogue.performing import (
    CheckPerformer,
    GatewayDesk,
    LinkPerformer,
    RefundPerformer,
)
from sokoni.kit.cache import Cache, LocalCache, NoCache
from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.http import HttpClient, ReqwestClient
from sokoni.kit.redis_cache import RedisCache
from sokoni.kit.registry import offered
from sokoni.language.catalogues import Catalogues
from sokoni.media.room import Media, open_media
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.file import Kinds
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.requests import Performers
from sokoni.messaging.templates import TemplateBook
from sokoni.messaging.wakeups import Hints, LocalHints
from sokoni.messaging.wakeups.postgresql import PostgresHints
from sokoni.messaging.wakeups.redis import RedisHints
from sokoni.payments.gateways import GatewayBook
from sokoni.payments.registry import Registry as Gateways
from sokoni.places.book import PlaceBook
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.geocoding import Geocoder
from sokoni.verification.book import WayBook
from sokoni.verification.registry import Registry as Ways
from sokoni.verification.registry import Surroundings

CAPABILITIES: Final[Sequence[Capability]] = (
    MARKETPLACE,
    BOOKING,
    STORE,
    ONBOARDING,
    RIGHTS,
    BROADCAST,
)
_FRESH_SECONDS: Final = 10.0
_log = structlog.get_logger(__name__)

GROUP: Final = "sokoni.capabilities"
"""Entry points whose object is a `Capability`."""


def capabilities() -> Mapping[str, Capability]:
    """Return ours and those of installed packages, by name; ours keep their names."""
    brought: list[Capability] = [one for _, one in offered(GROUP)]
    return {one.name: one for one in (*brought, *CAPABILITIES)}


def kinds(*, production: bool) -> Kinds:
    """Return what a merchant file may name: channels without signatures only in development."""
    registry, known = Registry.installed(), capabilities()
    adapters = {name: registry.get(name) for name in registry}
    return Kinds(
        channels={
            name: adapter.config
            for name, adapter in adapters.items()
            if not (production and adapter.development_only)
        },
        capabilities={name: one.settings for name, one in known.items()},
        gateways=Gateways.installed().configs(),
        ways=Ways.installed().configs_for(production=production),
        languages=worded(known.values()).languages,
    )


def worded(known: Iterable[Capability]) -> Catalogues:
    """Return our wording and what the capabilities bring."""
    brought = (one.locales for one in known if one.locales is not None)
    return Catalogues(Path(str(files("sokoni") / "locales")), *brought)


def variables() -> Mapping[str, str]:
    """Return what `${VARIABLES}` in merchant files stand for."""
    return os.environ


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The parts that every process of Sokoni is made of; the edges add their own."""

    settings: Settings
    clock: Clock
    engine: AsyncEngine
    vault: Vault
    http: HttpClient
    registry: Registry
    capabilities: Mapping[str, Capability]
    merchants: MerchantDirectory
    accounts: Accounts
    inbox: Inbox
    hints: Hints
    places: PlaceBook
    catalogues: Catalogues
    dialogues: Dialogues
    templates: TemplateBook
    media: Media
    gateways: GatewayBook
    ways: WayBook
    cache: Cache = field(default_factory=NoCache)
    performers: Performers = field(default_factory=dict)
    """By kind of request: who asks the outside world."""

    async def refresh(self) -> None:
        """Read anew what is kept in memory, after merchants were changed."""
        await self.merchants.refresh()
        await self.accounts.refresh()
        await self.gateways.refresh()
        await self.ways.refresh()
        await self.templates.refresh()
        await self.places.refresh()
        for profile in await self.merchants.all():
            self.dialogues.of(profile)  # made now, not in the middle of somebody's turn

    async def keep_fresh(self, stop: asyncio.Event) -> None:
        """See what another process changes: `sokoni merchant apply` beside a running server."""
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _FRESH_SECONDS)
            try:
                await self.refresh()
            except (SQLAlchemyError, OSError) as error:
                _log.warning("refresh_failed", error=type(error).__name__)


@asynccontextmanager
async def running(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[App]:
    """Open everything, and close it again. The database must have its tables already."""
    async with AsyncExitStack() as stack:
        engine = open_engine(settings.database_url, worker=True)
        stack.push_async_callback(engine.dispose)
        vault = await open_vault(engine, settings)
        http = await stack.enter_async_context(ReqwestClient(in_flight=settings.send_concurrency))
        hints = await stack.enter_async_context(_hints(settings))
        cache = await stack.enter_async_context(_cache(settings))
        app = replace(_app(settings, clock, engine, vault, http, hints), cache=cache)
        await app.refresh()
        yield app


def _app(
    settings: Settings,
    clock: Clock,
    engine: AsyncEngine,
    vault: Vault,
    http: HttpClient,
    hints: Hints,
) -> App:
    registry, known = Registry.installed(), capabilities()
    places = PlaceBook(engine, Gazetteer())
    accounts = Accounts(engine, vault, registry, http, clock, public_url=settings.public_url)
    media = open_media(
        settings, engine=engine, vault=vault, clock=clock, accounts=accounts, http=http
    )
    catalogues = worded(known.values())
    gateways = GatewayBook(
        engine,
        vault,
        Gateways.installed(),
        http,
        clock,
        public_url=settings.public_url,
        production=settings.production,
    )

    dialogues = Dialogues(known, catalogues, places, settings.key_file)

    def params_of(profile: MerchantProfile, prompt: Prompt, language: str) -> Mapping[str, str]:
        return dialogues.of(profile).wording.params(prompt.params, language)

    merchants, inbox = MerchantDirectory(engine, clock), Inbox(engine, vault, clock)
    templates = TemplateBook(engine, params_of, clock)
    post = TemplatesByChannel(accounts, templates, merchants)
    ways = WayBook(
        engine,
        vault,
        Ways.installed(),
        Surroundings(http=http, clock=clock, templates=post),
        production=settings.production,
    )
    workshop = Workshop(
        engine=engine,
        vault=vault,
        clock=clock,
        merchants=merchants,
        catalogues=catalogues,
        archive=media.archive,
        exports={name: one.export for name, one in known.items() if one.export},
        file_url=media.links.of,
    )
    return App(
        settings=settings,
        clock=clock,
        engine=engine,
        vault=vault,
        http=http,
        registry=registry,
        capabilities=known,
        merchants=merchants,
        accounts=accounts,
        inbox=inbox,
        hints=hints,
        places=places,
        catalogues=catalogues,
        dialogues=dialogues,
        media=media,
        gateways=gateways,
        ways=ways,
        performers={
            **dict.fromkeys(_fetches(known.values()), FetchPerformer(media.fetcher)),
            CARD: CardPerformer(media.fetcher),
            ERASE: ErasePerformer(
                engine=engine,
                inbox=inbox,
                clock=clock,
                hooks=[one.erase_contact for one in known.values() if one.erase_contact],
            ),
            **_making(known.values(), workshop),
            **_locating(settings, engine, vault, http, clock),
            **_paying(engine, vault, clock, gateways),
            **_proving(
                CodeParts(
                    engine=engine,
                    vault=vault,
                    clock=clock,
                    ways=ways,
                    merchants=merchants,
                    catalogues=catalogues,
                )
            ),
        },
        templates=templates,
    )


def _making(known: Iterable[Capability], workshop: Workshop) -> Performers:
    """Return who makes files for contacts."""
    makers = {kind: maker for one in known for kind, maker in one.makes.items()}
    return {kind: MakePerformer(maker, workshop) for kind, maker in makers.items()}


def _paying(engine: AsyncEngine, vault: Vault, clock: Clock, gateways: GatewayBook) -> Performers:
    """Return who asks gateways."""
    desk = GatewayDesk(engine, vault, clock, gateways)
    return {
        LINK: LinkPerformer(desk),
        CHECK: CheckPerformer(desk),
        REFUND: RefundPerformer(desk),
    }


def _proving(parts: CodeParts) -> Performers:
    """Return who sends codes, and has them checked where others made them."""
    return {
        code_requests.SEND: SendPerformer(parts),
        code_requests.CHECK: CodeCheckPerformer(parts),
    }


def _locating(
    settings: Settings, engine: AsyncEngine, vault: Vault, http: HttpClient, clock: Clock
) -> Performers:
    """Return who names locations that our own places do not, where the operator wants it."""
    config = NominatimConfig.of(settings)
    if config is None:
        return {}
    geocoder = Geocoder(
        engine,
        vault,
        clock,
        Nominatim(http, config),
        every_seconds=settings.nominatim_every_seconds,
    )
    return {LOCATE: LocatePerformer(geocoder)}


def _fetches(known: Iterable[Capability]) -> list[str]:
    """Return every kind of request that fetches a file."""
    return [FETCH, *(kind for one in known for kind in sorted(one.fetches))]


def _hints(settings: Settings) -> Hints:
    """Choose what wakes other processes; SQLite has none."""
    if settings.redis_url:
        return RedisHints(settings.redis_url)
    url = with_driver(settings.database_url)
    if url.get_backend_name() == "postgresql":
        return PostgresHints(url.render_as_string(hide_password=False))
    return LocalHints()


@asynccontextmanager
async def _cache(settings: Settings) -> AsyncIterator[Cache]:
    """Choose where searches are kept for a while."""
    if not settings.search_cache:
        yield NoCache()
    elif settings.redis_url:
        shared = RedisCache(settings.redis_url)
        try:
            yield shared
        finally:
            await shared.close()
    else:
        yield LocalCache()
