"""Payments of one merchant: seen with all that was said of them, marked paid, given back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field

from sokoni.dialogue.cashing import StaffPayments
from sokoni.kit.ids import ContactId
from sokoni.kit.money import Money
from sokoni.payments.base import Source
from sokoni.payments.models import (
    EntryOutcome,
    Payment,
    PaymentEntry,
    PaymentId,
    Refund,
    RefundState,
)
from sokoni.payments.refunds import Refunds
from sokoni.payments.service import Payments
from sokoni.payments.states import PaymentState
from sokoni.web.cashing import staff_payments
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Writing
from sokoni.web.principal import Cashier

router = APIRouter(prefix="/payments", tags=["payments"])
Positive = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=3, allow_inf_nan=False)]


class PaymentShown(BaseModel, frozen=True):
    """Money that was asked of a contact."""

    id: UUID
    contact_id: ContactId
    subject: str
    """What it pays, such as `store.order`."""
    subject_id: UUID
    reference: str
    provider: str
    payment_id: str
    """The gateway's id; empty until it said one."""
    payment_link: str
    status: PaymentState
    review: str
    """Why staff must look at money that came; empty where they need not."""
    amount: Decimal
    currency: str
    paid: Decimal
    refunded: Decimal
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    paid_at: datetime | None


class EntryShown(BaseModel, frozen=True):
    """Something that was said of a payment, and what became of it."""

    at: datetime
    source: Source
    said: PaymentState
    outcome: EntryOutcome
    amount: Decimal | None
    currency: str
    reason: str
    by: str


class RefundShown(BaseModel, frozen=True):
    """Money to be given back."""

    id: UUID
    amount: Decimal
    currency: str
    state: RefundState
    reason: str
    by: str
    created_at: datetime


class PaymentTold(PaymentShown, frozen=True):
    """A payment with its whole history."""

    history: Sequence[EntryShown]
    refunds: Sequence[RefundShown]


class RefundWanted(BaseModel, frozen=True, extra="forbid"):
    """How much is to be given back."""

    amount: Positive | None = Field(None, description="All that is left, where it is not said")
    reason: str = Field("", max_length=120)


class HandPaid(BaseModel, frozen=True, extra="forbid"):
    """What was paid by hand."""

    amount: Positive
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class HandRefused(BaseModel, frozen=True, extra="forbid"):
    """Why it was not paid."""

    reason: str = Field("", max_length=120)


async def _till(principal: Cashier, parts: Parts, writing: Writing) -> StaffPayments:
    return staff_payments(parts, principal, writing)


Till = Annotated[StaffPayments, Depends(_till)]
RefundKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=50,
        pattern=r"^[\x21-\x7e]*$",
        description="The same key gives the same money back once.",
    ),
]


@router.get("")
async def list_payments(
    principal: Cashier,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    status: Annotated[PaymentState | None, Query()] = None,
    contact: Annotated[UUID | None, Query()] = None,
) -> Page[PaymentShown]:
    """Return payments, the newest first."""
    payments = Payments(session, parts.vault, principal.merchant_id, parts.clock())
    found = await payments.page(
        state=status,
        contact_id=ContactId(contact) if contact else None,
        before=PaymentId(wanted.after) if wanted.after else None,
        limit=wanted.one_more,
    )
    return page_of(found, wanted, lambda one: _shown(payments, one), lambda one: one.id)


@router.get("/{payment}")
async def get_payment(
    payment: UUID, principal: Cashier, parts: Parts, session: Reading
) -> PaymentTold:
    """Return a payment with all that was said of it."""
    payments = Payments(session, parts.vault, principal.merchant_id, parts.clock())
    found = await payments.get(PaymentId(payment))
    refunds = Refunds(session, principal.merchant_id, parts.clock())
    return PaymentTold(
        **_shown(payments, found).model_dump(),
        history=[_entry(one) for one in await payments.history(found.id)],
        refunds=[_refund(one) for one in await refunds.of(found.id)],
    )


@router.post("/{payment}/refund", status_code=202)
async def refund_payment(
    payment: UUID, said: RefundWanted, till: Till, key: RefundKey = ""
) -> RefundShown:
    """Have money given back: the gateway is asked, and the contact told when it is done."""
    money = None
    if said.amount is not None:
        found = await till.payments.get(PaymentId(payment))
        money = Money(said.amount, found.currency)
    once = f"api:{key or uuid4().hex}"
    refund = await till.refund(PaymentId(payment), money, key=once, reason=said.reason)
    return _refund(refund)


@router.post("/{payment}/mark-paid", status_code=202)
async def mark_paid(payment: UUID, said: HandPaid, till: Till) -> PaymentShown:
    """Say that it was paid by hand: cash, for example. It counts at once, in the chat's order."""
    money = Money(said.amount, said.currency)
    return _shown(till.payments, await till.mark_paid(PaymentId(payment), money))


@router.post("/{payment}/mark-refused", status_code=202)
async def mark_refused(payment: UUID, said: HandRefused, till: Till) -> PaymentShown:
    """Say that the contact would not pay by hand."""
    return _shown(till.payments, await till.mark_refused(PaymentId(payment), said.reason))


def _shown(payments: Payments, one: Payment) -> PaymentShown:
    return PaymentShown(
        id=one.id,
        contact_id=one.contact_id,
        subject=one.subject,
        subject_id=one.subject_id,
        reference=one.reference,
        provider=one.provider,
        payment_id=one.provider_id,
        payment_link=payments.link_of(one),
        status=PaymentState(one.state),
        review=one.review,
        amount=one.money.amount,
        currency=one.currency,
        paid=Money(one.paid, one.currency).amount,
        refunded=Money(one.refunded, one.currency).amount,
        expires_at=one.expires_at,
        created_at=one.created_at,
        updated_at=one.updated_at,
        paid_at=one.paid_at,
    )


def _entry(one: PaymentEntry) -> EntryShown:
    return EntryShown.model_validate(one, from_attributes=True)


def _refund(one: Refund) -> RefundShown:
    return RefundShown(
        id=one.id,
        amount=Money(one.amount, one.currency).amount,
        currency=one.currency,
        state=RefundState(one.state),
        reason=one.reason,
        by=one.by,
        created_at=one.created_at,
    )
