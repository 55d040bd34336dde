"""Looks at the server: settings, database, keys, Redis."""

import asyncio
import logging
import stat
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from redis.asyncio import from_url
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.cli.findings import Finding, advice, good, wrong
from sokoni.config import Settings
from sokoni.db.engine import READING, with_driver
from sokoni.db.keys import KeysError, open_vault
from sokoni.db.revision import SchemaError, check_current
from sokoni.db.vault import Vault
from sokoni.kit.http import ReqwestClient, Response, TransportError

_REACH_SECONDS: Final = 3.0
_ENDING_SECONDS: Final = 0.1


def settings_findings(settings: Settings) -> Iterator[Finding]:
    """Judge what the environment says, without opening anything."""
    if settings.log_level.upper() not in logging.getLevelNamesMapping():
        yield wrong(f"SOKONI_LOG_LEVEL {settings.log_level!r} is none; INFO is the usual one.")
    yield from _public_url(settings)
    if settings.production and not settings.contact_rate_per_minute:
        yield advice("No limit on messages per contact (SOKONI_CONTACT_RATE_PER_MINUTE is 0).")
    if not settings.production:
        yield advice(
            "SOKONI_ENV is development: the simulator is open to everyone who can reach it."
        )
    elif with_driver(settings.database_url).get_backend_name() == "sqlite":
        yield advice("The database is SQLite: good for one machine; grow on PostgreSQL.")


def _public_url(settings: Settings) -> Iterator[Finding]:
    url = settings.public_url
    if not settings.production:
        return
    if not url.startswith("https://"):
        yield wrong(f"SOKONI_PUBLIC_URL is {url}: providers deliver to https:// alone.")
    elif any(host in url for host in ("//localhost", "//127.", "//[::1]")):
        yield wrong(f"SOKONI_PUBLIC_URL is {url}: no provider reaches that.")


async def reach_finding(settings: Settings) -> Finding:
    """Ask the server at its own address how it is, as far as that can be done from here."""
    url = settings.public_url.rstrip("/")
    async with ReqwestClient(connect=_REACH_SECONDS, total=_REACH_SECONDS) as http:
        try:
            answer = await http.request("GET", f"{url}/health")
        except TransportError as error:
            finding = advice(
                f"Nobody answers at {url}/health ({type(error).__name__}): start the server, or "
                "mend SOKONI_PUBLIC_URL."
            )
        else:
            finding = _health(url, answer)
    # The client's threads end a moment later; a command that is over before them is aborted.
    await asyncio.sleep(_ENDING_SECONDS)
    return finding


def _health(url: str, answer: Response) -> Finding:
    if b"database: " not in answer.body:
        return advice(
            f"At {url}/health something else answers ({answer.status}): mend SOKONI_PUBLIC_URL, "
            "or what stands before the server."
        )
    if answer.status != HTTPStatus.OK:
        return advice(f"The server at {url} answers, and is not well: look at {url}/health.")
    return good(f"Reached at {url} from this machine; from outside was not tried.")


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
