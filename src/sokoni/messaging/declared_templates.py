"""Makes a merchant's template rows as its file declares them, with all else in the file."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId
from sokoni.merchants.changes import Change, Outcome, assign
from sokoni.merchants.declared import Approval, Category, DeclaredTemplate
from sokoni.merchants.file import MerchantFile
from sokoni.merchants.service import Merchants
from sokoni.messaging.models import Template


async def apply_merchant_file(
    session: AsyncSession, vault: Vault, clock: Clock, file: MerchantFile
) -> list[Change]:
    """Make the merchant, its accounts, staff and templates as the file says."""
    merchants = Merchants(session, vault, clock)
    changes = await merchants.apply(file)
    merchant = await merchants.get(file.said.merchant)
    return changes + await declare_templates(session, merchant.id, file.said.templates)


async def declare_templates(
    session: AsyncSession, merchant_id: MerchantId, declared: Sequence[DeclaredTemplate]
) -> list[Change]:
    """Create, update and remove rows until they are what the file says."""
    own = select(Template).where(Template.merchant_id == merchant_id)
    rows = {(row.channel, row.purpose, row.language): row for row in await session.scalars(own)}
    changes = []
    for channel, said in [(channel, one) for one in declared for channel in one.channel]:
        row = rows.pop((channel, said.purpose, said.language), None)
        changes.append(_declare(session, merchant_id, row, channel, said))
    for row in rows.values():
        await session.delete(row)
        changes.append(Change(Outcome.REMOVED, _what(row.channel, row.purpose, row.language)))
    await session.flush()
    return changes


def _declare(
    session: AsyncSession,
    merchant_id: MerchantId,
    row: Template | None,
    channel: str,
    said: DeclaredTemplate,
) -> Change:
    what = _what(channel, said.purpose, said.language)
    if row is not None:
        values = _values(said)
        if row.judged_at is not None and said.approval is Approval.PENDING:
            # It waited for the channel's word, which has come.
            del values["approval"], values["reason"]
        return Change(assign(row, values), what)
    usual = {"approval": Approval.APPROVED.value, "category": Category.UTILITY.value}
    values = {**usual, **_values(said)}
    named = {"channel": channel, "purpose": said.purpose, "language": said.language}
    session.add(Template(merchant_id=merchant_id, **named, **values))
    return Change(Outcome.CREATED, what)


def _values(said: DeclaredTemplate) -> dict[str, Any]:
    """Return the columns that the file decides: what channels judge only where it says so."""
    header = said.header
    values: dict[str, Any] = {
        "name": said.name,
        "code": said.code or said.language,
        "header": header.model_dump(mode="json", exclude_defaults=True) if header else None,
        "body": said.body,
        "variables": ",".join(said.variables),
        "footer": said.footer,
        "buttons": [button.model_dump(exclude_defaults=True) for button in said.buttons],
    }
    if said.category:
        values["category"] = said.category.value
    if said.approval:
        values |= {"approval": said.approval.value, "reason": ""}
    return values


def _what(channel: str, purpose: str, language: str) -> str:
    return f"template {channel} {purpose} {language}"
