"""The people who work for a merchant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId, PhoneNumber, new_id
from sokoni.kit.phones import find_phone
from sokoni.merchants.changes import Change, Outcome, assign
from sokoni.merchants.declared import Role
from sokoni.merchants.models import Merchant, Staff, StaffId


class PhoneInvalidError(AppError):
    code = "phone_invalid"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A person as staff see them: in the clear."""

    id: StaffId
    name: str
    role: Role
    phone: PhoneNumber


class StaffList:
    """One merchant's staff. Flushes; whoever opened the session commits."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, clock: Clock
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._clock = clock

    async def all(self) -> Sequence[StaffMember]:
        own = select(Staff).where(Staff.merchant_id == self._merchant_id).order_by(Staff.id)
        return [self._opened(row) for row in await self._session.scalars(own)]

    async def find(self, phone: PhoneNumber) -> StaffMember | None:
        row = await self._row(self._vault.hash("phone", phone))
        return None if row is None else self._opened(row)

    async def put(self, name: str, role: Role, phone: str) -> Change:
        """Add the person, or change name and role of the one with this phone."""
        number = await self._number(phone)
        row = await self._row(self._vault.hash("phone", number))
        if row is None:
            self._session.add(self._sealed(name, role, number))
            await self._session.flush()
            return Change(Outcome.CREATED, f"staff {name}")
        outcome = assign(row, {"role": role.value})
        if self._vault.open_text("staff.name", row.id, row.name) != name:
            row.name = self._vault.seal_text("staff.name", row.id, name)
            outcome = Outcome.UPDATED
        return Change(outcome, f"staff {name}")

    async def _number(self, phone: str) -> PhoneNumber:
        merchant = await self._session.get_one(Merchant, self._merchant_id)
        number = find_phone(phone, merchant.country)
        if number is None:
            raise PhoneInvalidError(f"{phone} is no phone number (country {merchant.country}).")
        return number

    async def _row(self, phone_hash: str) -> Staff | None:
        return await self._session.scalar(
            select(Staff).where(
                Staff.merchant_id == self._merchant_id, Staff.phone_hash == phone_hash
            )
        )

    def _sealed(self, name: str, role: Role, number: PhoneNumber) -> Staff:
        row_id = StaffId(new_id())
        return Staff(
            id=row_id,
            merchant_id=self._merchant_id,
            name=self._vault.seal_text("staff.name", row_id, name),
            role=role.value,
            phone=self._vault.seal_text("staff.phone", row_id, number),
            phone_hash=self._vault.hash("phone", number),
            created_at=self._clock(),
        )

    def _opened(self, row: Staff) -> StaffMember:
        return StaffMember(
            id=row.id,
            name=self._vault.open_text("staff.name", row.id, row.name),
            role=Role(row.role),
            phone=PhoneNumber(self._vault.open_text("staff.phone", row.id, row.phone)),
        )
