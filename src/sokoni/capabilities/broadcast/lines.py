"""The numbers and bots that a broadcast may go out on, and the templates that they let pass."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.channels.accounts import LiveAccount
from sokoni.kit.ids import AccountId, MerchantId
from sokoni.merchants.declared import Category
from sokoni.messaging.models import Template
from sokoni.messaging.templates import is_sendable

_T: Final = cast("Table", Template.__table__).c
# Put together once: every recipient's turn asks it.
_MINE: Final[Select[*tuple[Any, ...]]] = select(
    _T.channel, _T.language, _T.category, _T.approval, _T.judged_at
).where(_T.merchant_id == bindparam("merchant"), _T.purpose == bindparam("purpose"))


@dataclass(frozen=True, slots=True)
class Line:
    """One number or bot."""

    id: AccountId
    channel: str
    has_window: bool
    """After a while without a word from the contact, only templates may be sent."""


@dataclass(frozen=True, slots=True)
class Approved:
    """Templates for one purpose that may be sent: their categories, by channel and language."""

    known: Mapping[tuple[str, str], str]

    def category(
        self, channel: str, languages: Sequence[str], *, marketing: bool = True
    ) -> str | None:
        """Return that of the template that somebody would get, None where there is none."""
        for language in languages:
            found = self.known.get((channel, language))
            if found is not None and (marketing or found != Category.MARKETING):
                return found
        return None


def lines_of(accounts: Iterable[LiveAccount], merchant_id: MerchantId) -> Mapping[AccountId, Line]:
    """Return the merchant's, the first first: who never wrote is written to on that."""
    mine = sorted((one for one in accounts if one.merchant_id == merchant_id), key=_id)
    return {
        one.id: Line(one.id, one.channel.name, one.channel.limits.window_hours is not None)
        for one in mine
    }


async def approved(
    session: AsyncSession | AsyncConnection, merchant_id: MerchantId, purpose: str, now: datetime
) -> Approved:
    """Return the merchant's templates for a purpose, as far as channels let them be sent."""
    if not purpose:
        return Approved({})
    rows = (await session.execute(_MINE, {"merchant": merchant_id, "purpose": purpose})).all()
    return Approved(
        {
            (row.channel, row.language): row.category
            for row in rows
            if is_sendable(row.approval, row.judged_at, now)
        }
    )


def _id(one: LiveAccount) -> AccountId:
    return one.id
