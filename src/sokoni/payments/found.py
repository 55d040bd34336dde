"""Payments of one merchant, looked up."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.payments.models import Payment, PaymentEntry, PaymentId
from sokoni.payments.states import PaymentState


class PaymentUnknownError(AppError):
    """There is no such payment of this merchant's."""

    code = "payment_unknown"
    http_status = 404


class PaymentsFound:
    """What can be asked of a merchant's payments."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId) -> None:
        self._session = session
        self._merchant_id = merchant_id

    async def find(self, payment_id: PaymentId) -> Payment | None:
        return await self._session.scalar(self._payments().where(Payment.id == payment_id))

    async def get(self, payment_id: PaymentId, *, lock: bool = False) -> Payment:
        """Return the payment, or raise `PaymentUnknownError`; `lock`: nobody changes it now."""
        mine = self._payments().where(Payment.id == payment_id)
        payment = await self._session.scalar(mine.with_for_update() if lock else mine)
        if payment is None:
            raise PaymentUnknownError(f"There is no payment {payment_id}.")
        return payment

    async def of_subject(
        self, subject: str, subject_id: UUID, *, states: Collection[PaymentState] | None = None
    ) -> Sequence[Payment]:
        """Return what was asked for a thing, the oldest first."""
        theirs = self._payments().where(
            Payment.subject == subject, Payment.subject_id == subject_id
        )
        if states is not None:
            theirs = theirs.where(Payment.state.in_(states))
        return (await self._session.scalars(theirs.order_by(Payment.id))).all()

    async def of_reference(self, reference: str) -> Sequence[Payment]:
        """Return what was asked for what people call so, the oldest first."""
        theirs = self._payments().where(Payment.reference == reference)
        return (await self._session.scalars(theirs.order_by(Payment.id))).all()

    async def page(
        self,
        *,
        state: PaymentState | None = None,
        contact_id: ContactId | None = None,
        before: PaymentId | None = None,
        limit: int,
    ) -> Sequence[Payment]:
        """Return payments, the newest first."""
        found = self._payments()
        if state is not None:
            found = found.where(Payment.state == state)
        if contact_id is not None:
            found = found.where(Payment.contact_id == contact_id)
        if before is not None:
            found = found.where(Payment.id < before)
        return (await self._session.scalars(found.order_by(Payment.id.desc()).limit(limit))).all()

    async def latest_of(
        self, subject: str, subject_ids: Collection[UUID]
    ) -> Mapping[UUID, Payment]:
        """Return what was asked for last for each of several things."""
        theirs = self._payments().where(
            Payment.subject == subject, Payment.subject_id.in_(list(subject_ids))
        )
        found = await self._session.scalars(theirs.order_by(Payment.id))
        return {one.subject_id: one for one in found}

    async def history(self, payment_id: PaymentId) -> Sequence[PaymentEntry]:
        """Return all that was said of a payment, in order."""
        said = select(PaymentEntry).where(
            PaymentEntry.merchant_id == self._merchant_id, PaymentEntry.payment_id == payment_id
        )
        return (await self._session.scalars(said.order_by(PaymentEntry.id))).all()

    async def refusals(self, contact_id: ContactId, provider: str) -> int:
        """Return how often a contact did not pay what was to be paid by this gateway."""
        mine = (
            *self._scope(),
            Payment.contact_id == contact_id,
            Payment.provider == provider,
            Payment.state == PaymentState.FAILED,
        )
        return await self._session.scalar(select(func.count()).where(*mine)) or 0

    def _payments(self) -> Select[Payment]:
        return select(Payment).where(*self._scope()).execution_options(populate_existing=True)

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        return (Payment.merchant_id == self._merchant_id,)
