"""Numbers that contacts proved to be theirs; the same number of two people is for staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_, select, update

from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id
from sokoni.verification.models import NUMBER, PROOF_NUMBER, Proof, ProofId
from sokoni.verification.uses import DAY, Connection, Most, Uses

_PROOFS: Final = cast("Table", Proof.__table__)
_P: Final = _PROOFS.c
_ANY: Final = Most(10_000, DAY)
SETTLED: Final = "codes.settled"
"""Name of the timers by which staff's word on a number reaches whoever proved it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """That a number is somebody's."""

    id: ProofId
    number: PhoneNumber
    contested: bool
    """Somebody else had proven it before: it counts once staff have decided so."""
    at: datetime
    before: ContactId | None = None
    """Who had, where it is contested."""


class Proofs:
    """The proofs of one merchant's contacts."""

    def __init__(
        self, connection: Connection, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def keep(self, contact_id: ContactId, number: PhoneNumber, purpose: str) -> Proven:
        """Write down that the contact proved it, beside what others proved before."""
        # Who proves it at this very moment is waited for, and seen.
        uses = Uses(self._connection, self._merchant_id, self._now)
        await uses.take("proof", self._vault.hash(NUMBER, number), _ANY)
        before = await self._others(contact_id, number)
        proof_id = ProofId(new_id())
        row = {
            "id": proof_id,
            "merchant_id": self._merchant_id,
            "contact_id": contact_id,
            "purpose": purpose,
            "number": self._vault.seal_text(PROOF_NUMBER, proof_id, number),
            "number_hash": self._vault.hash(NUMBER, number),
            "contested": before is not None,
            "proven_at": self._now,
        }
        if not await self.find(contact_id, number, purpose):
            await insert_once(self._connection, _PROOFS, [row])
        anew = (*self._of(number), _P.contact_id == contact_id, _P.purpose == purpose)
        values = {"contested": before is not None, "proven_at": self._now}
        await rows_changed(self._connection, update(_PROOFS).where(*anew).values(values))
        found = await self.find(contact_id, number, purpose)
        return Proven(
            id=found.id if found else proof_id,
            number=number,
            contested=before is not None,
            at=self._now,
            before=before,
        )

    async def find(
        self, contact_id: ContactId, number: PhoneNumber, purpose: str
    ) -> Proven | None:
        """Return the contact's proof for a purpose."""
        mine = select(_P.id, _P.contested, _P.proven_at).where(
            *self._of(number), _P.contact_id == contact_id, _P.purpose == purpose
        )
        row = (await self._connection.execute(mine)).first()
        if row is None:
            return None
        return Proven(id=row[0], number=number, contested=row[1], at=row[2])

    async def get(self, proof_id: UUID) -> tuple[Proven, str] | None:
        """Return a proof and its purpose, None where it is gone."""
        this = (_P.merchant_id == self._merchant_id, _P.id == proof_id)
        row = (await self._connection.execute(select(_PROOFS).where(*this))).mappings().first()
        if row is None:
            return None
        number = PhoneNumber(self._vault.open_text(PROOF_NUMBER, row["id"], row["number"]))
        proven = Proven(
            id=row["id"], number=number, contested=row["contested"], at=row["proven_at"]
        )
        return proven, row["purpose"]

    async def settle(self, proof_id: UUID, *, stands: bool) -> ContactId | None:
        """Decide whose number it is, as staff say; return whose proof it was, None where gone."""
        this = (_P.merchant_id == self._merchant_id, _P.id == proof_id)
        row = (await self._connection.execute(select(_PROOFS).where(*this))).mappings().first()
        if row is None:
            return None
        if stands:
            others = delete(_PROOFS).where(
                _P.merchant_id == self._merchant_id,
                _P.number_hash == row["number_hash"],
                _P.contact_id != row["contact_id"],
            )
            await rows_changed(self._connection, others)
            settled = update(_PROOFS).where(*this).values(contested=False)
            await rows_changed(self._connection, settled)
        else:
            await rows_changed(self._connection, delete(_PROOFS).where(*this))
        return ContactId(row["contact_id"])

    async def _others(self, contact_id: ContactId, number: PhoneNumber) -> ContactId | None:
        """Return who else proved the number, and of whom nobody doubts it."""
        theirs = (
            select(_P.contact_id)
            .where(*self._of(number), _P.contact_id != contact_id, _P.contested.is_(False))
            .limit(1)
        )
        found: ContactId | None = (await self._connection.execute(theirs)).scalar_one_or_none()
        return found

    def _of(self, number: PhoneNumber) -> tuple[ColumnElement[bool], ...]:
        """Return the merchant filter of every statement here, with the number."""
        hashes = self._vault.hashes(NUMBER, number)
        return (
            _P.merchant_id == self._merchant_id,
            or_(*(_P.number_hash == one for one in hashes)),
        )
