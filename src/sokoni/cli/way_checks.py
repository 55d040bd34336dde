"""Looks at how a merchant sends codes."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.cli.findings import Finding, advice, good, unusable, wrong
from sokoni.connectors.auth_api.client import AuthApi
from sokoni.connectors.auth_api.config import AuthApiConfig
from sokoni.connectors.codes import WayConfig
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.clock import utc_now
from sokoni.kit.http import ReqwestClient
from sokoni.merchants.models import CodeAccount, Merchant
from sokoni.merchants.verifying import CodeAccounts
from sokoni.verification.book import PLACE
from sokoni.verification.registry import Registry, WayUnknownNameError

_OK: Final = "ok"


async def way_findings(
    session: AsyncSession, merchant: Merchant, vault: Vault, *, production: bool
) -> list[Finding]:
    """Say what there is to say of a merchant's ways, and whether its Auth API is there."""
    rows = await CodeAccounts(session, vault, merchant.id, utc_now).all()
    found: list[Finding] = []
    for row in rows:
        if not row.paused_reason:
            found += [one async for one in _way(row, merchant, vault, production=production)]
    return found


async def _way(
    row: CodeAccount, merchant: Merchant, vault: Vault, *, production: bool
) -> AsyncIterator[Finding]:
    name = f"{merchant.slug}, codes by {row.way}"
    try:
        adapter = Registry.installed().get(row.way)
        stored = vault.open(PLACE, row.id, row.config)
        config = adapter.config.model_validate(orjson.loads(stored))
    except (WayUnknownNameError, KeyUnknownError, TamperedError, ValidationError) as error:
        yield unusable(name, "way", error)
    else:
        if production and adapter.development_only:
            yield wrong(f"{name}: nothing is sent there; it is not used in production.")
            return
        for finding in _unsafe(name, config, production=production):
            yield finding
        yield await _reached(name, config)


def _unsafe(name: str, config: WayConfig, *, production: bool) -> Iterator[Finding]:
    url = str(getattr(config, "base_url", "") or getattr(config, "url", ""))
    if production and url.startswith("http://"):
        yield advice(f"{name}: {url} is not encrypted, and is told numbers.")


async def _reached(name: str, config: WayConfig) -> Finding:
    if not isinstance(config, AuthApiConfig):
        return good(f"{name}: configured.")
    async with ReqwestClient() as http:
        state = await AuthApi(config, http, utc_now).health()
    if state == _OK:
        return good(f"{name}: {config.url} answers.")
    return advice(f"{name}: {config.url} is {state}; codes wait until it is there.")
