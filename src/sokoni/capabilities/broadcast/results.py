"""What came of a broadcast: figures while it goes, and a line for each recipient."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.broadcast.models import Broadcast, Recipient, Step
from sokoni.capabilities.broadcast.service import Broadcasts
from sokoni.contacts.directory import ContactDirectory
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId
from sokoni.kit.spreadsheets import guarded
from sokoni.merchants.profile import MerchantProfile

_AT_ONCE: Final = 500
COLUMNS: Final = (
    "contact",
    "name",
    "phone",
    "verdict",
    "step",
    "said",
    "sent",
    "delivered",
    "read",
    "failed",
    "error",
    "replied",
    "clicked",
    "button",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is."""

    recipients: int = 0
    planned: int = 0
    queued: int = 0
    said: int = 0
    left_out: int = 0
    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: int = 0
    replied: int = 0
    clicked: int = 0
    verdicts: Mapping[str, int]
    """As they are now: those who were left out in their own turn among them."""
    errors: Mapping[str, int]


async def progress(session: AsyncSession, row: Broadcast) -> Progress:
    """Count it, as it is now."""
    mine = (
        Recipient.merchant_id == row.merchant_id,
        Recipient.broadcast_id == row.id,
        Recipient.proof_number == row.proof_number,
    )
    times = ("sent", "delivered", "read", "failed", "replied", "clicked")
    reached = (func.count(getattr(Recipient, f"{name}_at")).label(name) for name in times)
    (counts,) = await session.execute(
        select(func.count().label("recipients"), *reached).where(*mine)
    )
    steps = await session.execute(
        select(Recipient.step, Recipient.verdict, func.count().label("times"))
        .where(*mine)
        .group_by(Recipient.step, Recipient.verdict)
    )
    found = steps.all()
    errors = await session.execute(
        select(Recipient.error, func.count().label("times"))
        .where(*mine, Recipient.failed_at.is_not(None))
        .group_by(Recipient.error)
    )
    verdicts: dict[str, int] = {}
    for one in found:
        verdicts[one.verdict] = verdicts.get(one.verdict, 0) + one.times
    return Progress(
        **counts._mapping,  # noqa: SLF001 -- as documented
        **{step.value: sum(one.times for one in found if one.step == step) for step in Step},
        verdicts=verdicts,
        errors={one.error: one.times for one in errors},
    )


@dataclass(frozen=True, slots=True)
class Results:
    """Lines of one merchant's broadcast, for a file: no cell is a formula."""

    session: AsyncSession
    vault: Vault
    merchant: MerchantProfile
    now: datetime

    async def rows(self, row: Broadcast) -> AsyncIterator[Mapping[str, str]]:
        """Yield a row of `COLUMNS` for each recipient, a few read at a time."""
        service = Broadcasts(self.session, self.merchant, self.now)
        people = ContactDirectory(self.session, self.vault, self.merchant.id)
        after: ContactId | None = None
        while found := await service.recipients(row, after=after, limit=_AT_ONCE):
            ids = [one.contact_id for one in found]
            names, phones = await people.names_of(ids), await people.phones_of(ids)
            for one in found:
                name, phone = names.get(one.contact_id, ""), phones.get(one.contact_id, "")
                yield self._row(one, name, phone)
            after = found[-1].contact_id
            self.session.expunge_all()

    def _row(self, one: Recipient, name: str, phone: str) -> Mapping[str, str]:
        cells = {
            "contact": str(one.contact_id),
            "name": name,
            "phone": phone,
            "verdict": one.verdict,
            "step": one.step,
            "said": self._time(one.said_at),
            "sent": self._time(one.sent_at),
            "delivered": self._time(one.delivered_at),
            "read": self._time(one.read_at),
            "failed": self._time(one.failed_at),
            "error": one.error,
            "replied": self._time(one.replied_at),
            "clicked": self._time(one.clicked_at),
            "button": one.clicked,
        }
        return {column: guarded(cell) for column, cell in cells.items()}

    def _time(self, at: datetime | None) -> str:
        zone: ZoneInfo = self.merchant.zone
        return "" if at is None else at.astimezone(zone).isoformat(timespec="seconds")
