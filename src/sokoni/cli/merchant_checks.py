"""Looks at one merchant: its channels, templates, languages and staff."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Self

import orjson
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

import sokoni
from sokoni.channels.base import ChannelConfig
from sokoni.channels.registry import Registry, UnknownChannelError
from sokoni.cli.findings import Finding, advice, good, unusable, wrong
from sokoni.cli.till_checks import till_findings
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.clock import Clock, utc_now
from sokoni.merchants.models import ChannelAccount, Merchant, PaymentAccount, Staff
from sokoni.merchants.paying import PaymentAccounts
from sokoni.messaging.catalogues import refused_items
from sokoni.messaging.models import Template
from sokoni.messaging.pricing import STEPS, Usage, usage
from sokoni.messaging.standing import standing_of
from sokoni.messaging.templates import SENDABLE

_POOR: Final = frozenset({"YELLOW", "RED"})
_LOCALES: Final = Path(sokoni.__path__[0]) / "locales"


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantCheck:
    """A merchant's rows, and what there is to say of them."""

    merchant: Merchant
    accounts: Sequence[ChannelAccount]
    templates: Sequence[Template]
    staff: int
    vault: Vault
    now: datetime
    production: bool
    usage: Sequence[Usage] = ()
    """What its numbers sent this month."""
    tills: Sequence[PaymentAccount] = ()
    """How it takes money."""
    unlisted: Mapping[str, int] = field(default_factory=dict)
    """By catalogue, how much of it the channel refused."""

    @classmethod
    async def of(
        cls,
        session: AsyncSession,
        merchant: Merchant,
        vault: Vault,
        *,
        production: bool,
        clock: Clock = utc_now,
    ) -> Self:
        own = ChannelAccount.merchant_id == merchant.id
        templates = select(Template).where(Template.merchant_id == merchant.id)
        staff = select(func.count()).where(Staff.merchant_id == merchant.id)
        return cls(
            merchant=merchant,
            accounts=(await session.scalars(select(ChannelAccount).where(own))).all(),
            templates=(await session.scalars(templates)).all(),
            staff=await session.scalar(staff) or 0,
            vault=vault,
            now=clock(),
            production=production,
            usage=await usage(session, clock(), merchant.id),
            unlisted=await refused_items(session, merchant.id),
            tills=await PaymentAccounts(session, vault, merchant.id, clock).all(),
        )

    def findings(self) -> Iterator[Finding]:
        slug = self.merchant.slug
        if not self.accounts:
            yield wrong(f"{slug} has no channel: nobody can write to it.")
        for account in self.accounts:
            yield from self._account(account)
            yield from self._templates(account.channel)
        yield from till_findings(self.tills, self.merchant, self.vault, production=self.production)
        for language in self.merchant.languages:
            if not (_LOCALES / f"{language}.po").exists():
                yield wrong(f"{slug} speaks {language}, for which there is no catalogue.")
        yield from self._limits()
        if not self.staff:
            yield advice(f"{slug} has no staff: nobody is told when a contact asks for a person.")

    def _limits(self) -> Iterator[Finding]:
        """Say what the channels no longer do for nothing, or do not do."""
        slug = self.merchant.slug
        for one in self.usage:
            if one.percent >= STEPS[0]:
                yield advice(
                    f"{slug}, {one.channel} {one.key}: {one.metered} of its {one.allowance} free "
                    "messages of this month are used; those beyond cost money, and do not arrive "
                    "where no payment method is set up."
                )
        for catalogue, count in self.unlisted.items():
            yield advice(
                f"{slug}: catalogue {catalogue} refused {count} products, which are shown without "
                f"it; `sokoni catalogue show {slug}` says why."
            )

    def _account(self, account: ChannelAccount) -> Iterator[Finding]:
        name = f"{self.merchant.slug}, {account.channel} {account.key}"
        if account.paused_reason:
            yield wrong(f"{name}: nothing is sent, {account.paused_reason}.")
        for one in standing_of(account).words(self.now):
            yield advice(f"{name}: {one}.")
        try:
            adapter = Registry.installed().get(account.channel)
            stored = self.vault.open("channel_accounts.config", account.id, account.config)
            config = adapter.config.model_validate(orjson.loads(stored))
        except (UnknownChannelError, KeyUnknownError, TamperedError, ValidationError) as error:
            yield unusable(name, "channel", error)
        else:
            unsafe = adapter.development_only and self.production
            yield from self._config(name, config, unsigned=unsafe)

    def _config(self, name: str, config: ChannelConfig, *, unsigned: bool) -> Iterator[Finding]:
        if unsigned:
            yield wrong(f"{name}: a channel without signatures has no place in production.")
        base_url = str(getattr(config, "base_url", ""))
        if self.production and base_url.startswith("http://"):
            yield wrong(f"{name}: {base_url} is not encrypted, and is sent the access token.")
        elif not unsigned:
            yield good(f"{name}: configured.")

    def _templates(self, channel: str) -> Iterator[Finding]:
        """Name purposes that can be said in some languages or on some channels alone."""
        slug = self.merchant.slug
        purposes = {one.purpose for one in self.templates}
        sendable = {
            (one.purpose, one.language)
            for one in self.templates
            if one.channel == channel and one.approval in SENDABLE
        }
        if not purposes:
            yield advice(f"{slug} has no templates: it cannot write to anyone first.")
        for one in self.templates:
            if one.channel == channel:
                yield from _verdict(slug, one)
        for language in self.merchant.languages:
            missing = sorted(one for one in purposes if (one, language) not in sendable)
            if missing:
                yield advice(
                    f"{slug}, {channel}: no approved template in {language} for "
                    f"{', '.join(missing)}."
                )


def _verdict(slug: str, one: Template) -> Iterator[Finding]:
    """Say what the channel thinks of a template, where that is not the best."""
    name = f"{slug}, {one.channel}: template {one.name} ({one.code})"
    if one.approval not in SENDABLE:
        why = f", {one.reason}" if one.reason else ""
        yield advice(f"{name} is not sent: {one.approval}{why}.")
    elif one.quality in _POOR:
        yield advice(f"{name} is not liked: its quality is {one.quality}.")
