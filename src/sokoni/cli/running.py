"""What every command that keeps running needs: settings, a ready database, an end."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sokoni.cli.parts import engine_of
from sokoni.config import Settings, check_settings, read_settings
from sokoni.db.migrate import check_current
from sokoni.kit.logs import set_up_logs


def ready() -> Settings:
    """Return the settings, checked, with logs set up as they say."""
    settings = read_settings()
    check_settings(settings)
    set_up_logs(settings.log_level, production=settings.production)
    return settings


async def migrated(settings: Settings) -> None:
    """Raise where the database is away or has another version's tables."""
    async with engine_of(settings) as engine:
        await check_current(engine)


@asynccontextmanager
async def stopping() -> AsyncIterator[asyncio.Event]:
    """Yield what is set once the process is asked to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, stop.set)
    yield stop
    stop.set()
