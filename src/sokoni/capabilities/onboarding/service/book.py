"""One merchant's registrations, written as the conversation goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

import msgspec
from sqlalchemy import Select, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.onboarding.models import Entry, EntryFact, EntryId, State
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference

ANSWERS: Final = "registrations.answers"
CONFIRMATION: Final = "confirmation"
VERIFICATION: Final = "verification"
APPROVAL: Final = "approval"
COMPLETED: Final = "completed"
OPEN: Final = frozenset({State.STARTED, State.CONFIRMED})
DONE: Final = frozenset({State.COMPLETED, State.PENDING})
"""What the contact has done their part of."""
_ENTRIES: Final = cast("Table", Entry.__table__)
_LONGEST_FACT: Final = 80

Answers = Mapping[str, msgspec.Raw]
"""JSON values by slot."""


class RegistrationUnknownError(AppError):
    """The merchant has no registration of this reference."""

    code = "registration_unknown"
    http_status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a registration says so far."""

    answers: Answers
    facts: Mapping[str, str] = field(default_factory=dict)
    """What audiences may ask for, by slot."""


class RegistrationBook:
    """Reads and writes a merchant's registrations."""

    def __init__(
        self,
        session: AsyncSession,
        vault: Vault,
        merchant_id: MerchantId,
        now: datetime,
        *,
        prefix: str = "",
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now
        self._prefix = prefix or "REG"

    async def find(self, contact_id: ContactId, registration: str) -> Entry | None:
        theirs = self._entries().where(
            Entry.contact_id == contact_id, Entry.registration == registration
        )
        return await self._session.scalar(theirs.execution_options(populate_existing=True))

    async def called(self, reference: str) -> Entry | None:
        """Return the one that is called so, None where there is none."""
        return await self._session.scalar(
            self._entries().where(Entry.reference == reference.strip().upper())
        )

    async def of_id(self, entry_id: UUID) -> Entry | None:
        """Return the one with this id, None where the merchant has none."""
        return await self._session.scalar(self._entries().where(Entry.id == entry_id))

    async def page(
        self,
        *,
        after: UUID | None,
        limit: int,
        registration: str = "",
        state: str = "",
        step: str = "",
    ) -> Sequence[Entry]:
        """Return registrations in the order in which they were begun."""
        statement = self._entries().order_by(Entry.id).limit(limit)
        wanted = {Entry.registration: registration, Entry.state: state, Entry.step: step}
        for column, value in wanted.items():
            if value:
                statement = statement.where(column == value)
        if after is not None:
            statement = statement.where(Entry.id > after)
        return (await self._session.scalars(statement)).all()

    def answers(self, entry: Entry) -> Answers:
        """Return what was answered, opened."""
        text = self._vault.open_text(ANSWERS, entry.id, entry.answers)
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw]) if text else {}

    async def begin(self, contact_id: ContactId, registration: str, step: str) -> Entry:
        """Note that somebody has begun; what is open already begins anew."""
        entry = await self.find(contact_id, registration)
        if entry is None:
            await insert_once(self._session, _ENTRIES, [self._new(contact_id, registration, step)])
            entry = await self.find(contact_id, registration)
        if entry is None:
            raise RegistrationUnknownError(registration)
        if entry.state not in DONE:
            await self._change(entry, Answered(answers={}), state=State.STARTED, step=step)
        return entry

    async def go_on(
        self, contact_id: ContactId, registration: str, step: str, answered: Answered
    ) -> None:
        """Note how far it is. What is done stays as it was until the contact says yes."""
        entry = await self.find(contact_id, registration)
        if entry is not None and entry.state not in DONE:
            await self._change(entry, answered, state=State.STARTED, step=step)

    async def confirm(self, contact_id: ContactId, registration: str, answered: Answered) -> Entry:
        """Note that the contact said yes to what stands there now."""
        entry = await self.find(contact_id, registration)
        entry = entry or await self.begin(contact_id, registration, CONFIRMATION)
        await self._change(entry, answered, state=State.CONFIRMED, step=VERIFICATION)
        return entry

    async def settle(self, entry: Entry, *, verified: bool, approve: bool) -> Entry:
        """Note that the contact has done their part: it is complete, or staff have a look."""
        if approve:
            values: dict[str, Any] = {"state": State.PENDING, "step": APPROVAL}
        else:
            values = {"state": State.COMPLETED, "step": COMPLETED, "completed_at": self._now}
        await self._set(entry, verified=verified, **values)
        return entry

    async def _change(self, entry: Entry, answered: Answered, **values: Any) -> None:  # noqa: ANN401
        sealed = self._vault.seal(ANSWERS, entry.id, msgspec.json.encode(dict(answered.answers)))
        await self._set(entry, answers=sealed, **values)
        theirs = delete(EntryFact).where(EntryFact.registration_id == entry.id)
        await self._session.execute(theirs)
        rows = [
            {
                "registration_id": entry.id,
                "merchant_id": self._merchant_id,
                "contact_id": entry.contact_id,
                "slot": slot,
                "value": value[:_LONGEST_FACT],
            }
            for slot, value in answered.facts.items()
        ]
        if rows:
            await self._session.execute(insert(EntryFact), rows)

    async def _set(self, entry: Entry, **values: Any) -> None:  # noqa: ANN401 -- columns
        changing = update(Entry).where(
            Entry.merchant_id == self._merchant_id, Entry.id == entry.id
        )
        await self._session.execute(changing.values(updated_at=self._now, **values))
        await self._session.refresh(entry)

    def _new(self, contact_id: ContactId, registration: str, step: str) -> Mapping[str, Any]:
        return {
            "id": EntryId(new_id()),
            "merchant_id": self._merchant_id,
            "contact_id": contact_id,
            "registration": registration,
            "reference": new_reference(self._prefix),
            "state": State.STARTED,
            "step": step,
            "answers": None,
            "verified": False,
            "created_at": self._now,
            "updated_at": self._now,
            "completed_at": None,
        }

    def _entries(self) -> Select[Entry]:
        """Scope of every query for registrations."""
        return select(Entry).where(Entry.merchant_id == self._merchant_id)
