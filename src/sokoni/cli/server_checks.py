"""Looks at the server: settings, database, keys, Redis."""

import logging
import stat
from collections.abc import Iterator

from redis.asyncio import from_url
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.cli.findings import Finding, advice, good, wrong
from sokoni.config import Settings
from sokoni.db.engine import READING, with_driver
from sokoni.db.keys import KeysError, open_vault
from sokoni.db.migrate import SchemaError, check_current
from sokoni.db.vault import Vault


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Judge what the environment says, without opening anything."""
    if settings.log_level.upper() not in logging.getLevelNamesMapping():
        yield wrong(f"SOKONI_LOG_LEVEL {settings.log_level!r} is none; INFO is the usual one.")
    yield _public_url(settings)
    if settings.production and not settings.contact_rate_per_minute:
        yield advice("No limit on messages per contact (SOKONI_CONTACT_RATE_PER_MINUTE is 0).")
    if not settings.production:
        yield advice(
            "SOKONI_ENV is development: the simulator is open to everyone who can reach it."
        )
    elif with_driver(settings.database_url).get_backend_name() == "sqlite":
        yield advice("The database is SQLite: good for one machine; grow on PostgreSQL.")


def _public_url(settings: Settings) -> Finding:
    url = settings.public_url
    if not settings.production:
        return good(f"Reached at {url}.")
    if not url.startswith("https://"):
        return wrong(f"SOKONI_PUBLIC_URL is {url}: providers deliver to https:// alone.")
    if any(host in url for host in ("//localhost", "//127.", "//[::1]")):
        return wrong(f"SOKONI_PUBLIC_URL is {url}: no provider reaches that.")
    return good(f"Reached at {url}.")


async def database_findings(engine: AsyncEngine) -> list[Finding]:
    """Say which database it is, and whether its schema is that of this version."""
    async with engine.connect() as connection:
        await connection.execution_options(**{READING: True})
        name = connection.dialect.name
        query = "sqlite_version()" if name == "sqlite" else "version()"
        version = (await connection.execute(text(f"SELECT {query}"))).scalar_one()
    answers = good(f"The database answers: {name} {version}.")
    try:
        await check_current(engine)
    except SchemaError as error:
        return [answers, wrong(str(error))]
    return [answers, good("Its schema is up to date.")]


async def key_findings(engine: AsyncEngine, settings: Settings) -> tuple[Vault | None, Finding]:
    try:
        vault = await open_vault(engine, settings)
    except KeysError as error:
        return None, wrong(str(error))
    if settings.secret_keys.get_secret_value():
        return vault, good("The secret keys fit the database.")
    path = settings.key_file
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return vault, wrong(f"Others may read {path}: chmod 600 {path}")
    return vault, advice(f"The secret keys are in {path}: keep a copy, without it data is lost.")


async def redis_findings(settings: Settings) -> Finding:
    if not settings.redis_url:
        return good("Redis is not used; one machine does not need it.")
    client = from_url(settings.redis_url, socket_connect_timeout=3, socket_timeout=3)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return wrong(
            f"Redis does not answer ({type(error).__name__}): things are slower, not lost."
        )
    else:
        return good("Redis answers.")
    finally:
        await client.aclose()
