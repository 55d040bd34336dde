"""`sokoni doctor`: says in plain words what is missing or unsafe."""

import asyncio
from typing import Final

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.cli.console import OUT
from sokoni.cli.data_checks import data_findings
from sokoni.cli.findings import Finding, Weight, advice, wrong
from sokoni.cli.media_checks import media_findings
from sokoni.cli.merchant_checks import MerchantCheck
from sokoni.cli.parts import DatabaseUnreachableError, engine_of
from sokoni.cli.search_checks import search_findings
from sokoni.cli.server_checks import (
    database_findings,
    key_findings,
    reach_finding,
    redis_findings,
    settings_findings,
)
from sokoni.cli.way_checks import way_findings
from sokoni.config import (
    InvalidSettingsError,
    Settings,
    UnsafeSettingsError,
    check_settings,
    read_settings,
)
from sokoni.db.vault import Vault
from sokoni.merchants.models import Merchant

_SIGNS: Final = {Weight.GOOD: "green", Weight.ADVICE: "yellow", Weight.WRONG: "red"}


def doctor() -> None:
    """Look at settings, database, keys and merchants; exit code 1 where something is wrong."""
    findings = asyncio.run(examine())
    for finding in findings:
        OUT.print(f"{finding.weight:<7}", style=_SIGNS[finding.weight], end="")
        OUT.print(finding.text, markup=False, soft_wrap=True)
    if any(finding.weight is Weight.WRONG for finding in findings):
        raise typer.Exit(1)


async def examine(settings: Settings | None = None) -> list[Finding]:
    """Return everything that can be said of the installation."""
    try:
        settings = settings or read_settings()
        check_settings(settings)
    except (InvalidSettingsError, UnsafeSettingsError) as error:
        return [wrong(line) for line in str(error).splitlines()]
    findings = [*settings_findings(settings)]
    findings += [await reach_finding(settings), await redis_findings(settings)]
    findings += await media_findings(settings)
    try:
        async with engine_of(settings) as engine:
            return findings + await _inside(engine, settings)
    except DatabaseUnreachableError as error:
        return [*findings, wrong(str(error))]


async def _inside(engine: AsyncEngine, settings: Settings) -> list[Finding]:
    findings = await database_findings(engine)
    if any(finding.weight is Weight.WRONG for finding in findings):
        return findings
    findings += await search_findings(engine)
    vault, keys = await key_findings(engine, settings)
    findings.append(keys)
    if vault is not None:
        findings += await _merchants(engine, vault, production=settings.production)
    return findings


async def _merchants(engine: AsyncEngine, vault: Vault, *, production: bool) -> list[Finding]:
    findings: list[Finding] = []
    async with AsyncSession(engine) as session:
        for merchant in (await session.scalars(select(Merchant).order_by(Merchant.slug))).all():
            check = await MerchantCheck.of(session, merchant, vault, production=production)
            findings += check.findings()
            findings += await way_findings(session, merchant, vault, production=production)
            findings += await data_findings(session, merchant)
    return findings or [advice("There is no merchant yet: `sokoni merchant apply FILE.yaml`.")]
