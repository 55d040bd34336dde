"""Looks at what a merchant's capabilities keep, for what stands in the way of contacts."""

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import capabilities
from sokoni.cli.findings import Finding, advice
from sokoni.dialogue.dialogues import switched_on
from sokoni.merchants.directory import profile_of
from sokoni.merchants.models import Merchant


async def data_findings(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Return what the capabilities find odd."""
    profile, found = profile_of(merchant), list[Finding]()
    for one in switched_on(profile, capabilities()):
        if one.oddities is not None:
            said = await one.oddities(session, profile.id)
            found += [advice(f"{profile.slug}: {each}.") for each in said]
    return found
