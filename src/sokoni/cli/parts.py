"""What commands work with: the settings, the database and its vault, opened and closed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.bootstrap import capabilities
from sokoni.config import Settings, check_settings, read_settings
from sokoni.db.engine import open_engine
from sokoni.db.keys import open_vault
from sokoni.db.revision import check_current
from sokoni.db.vault import Vault
from sokoni.dialogue.manifest import Capability
from sokoni.errors import AppError
from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.http import ReqwestClient
from sokoni.media.room import open_uploader
from sokoni.media.uploading import Uploader


class DatabaseUnreachableError(AppError):
    code = "database_unreachable"
    http_status = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An opened installation."""

    settings: Settings
    engine: AsyncEngine
    vault: Vault
    clock: Clock = utc_now

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        return capabilities()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction: committed at the end, rolled back on an error."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncIterator[Parts]:
    """Open the configured installation, or say plainly why it cannot be."""
    settings = settings or read_settings()
    check_settings(settings)
    async with engine_of(settings) as engine:
        await check_current(engine)
        yield Parts(settings=settings, engine=engine, vault=await open_vault(engine, settings))


@asynccontextmanager
async def uploader_of(parts: Parts) -> AsyncIterator[Uploader]:
    """Open the way by which the merchants' own pictures are stored."""
    settings = parts.settings
    async with ReqwestClient() as http:
        yield open_uploader(settings, parts.engine, parts.vault, parts.clock, http)


@asynccontextmanager
async def engine_of(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Open the database and see whether it answers."""
    engine = open_engine(settings.database_url, pool_size=2)
    try:
        await _answers(engine)
        yield engine
    finally:
        await engine.dispose()


async def _answers(engine: AsyncEngine) -> None:
    try:
        async with engine.connect():
            return
    except (SQLAlchemyError, OSError) as error:
        where = engine.url.render_as_string(hide_password=True)
        raise DatabaseUnreachableError(
            f"The database at {where} does not answer ({type(error).__name__}). Is it running, "
            "and is SOKONI_DATABASE_URL right?"
        ) from error
