"""What customers pay when a booking is agreed on, and when they have it back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.machine import FINAL, HOLDING, Party, Status
from sokoni.capabilities.booking.models import Booking, BookingId
from sokoni.capabilities.booking.service.moves import BookingUnknownError
from sokoni.capabilities.booking.settings import NAME
from sokoni.capabilities.booking.wording import words_of
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.paying import (
    NoGatewayError,
    PaymentNews,
    Wish,
    give_back,
    no_longer,
    pay,
    payments_of,
)
from sokoni.kit.money import Money
from sokoni.messaging.events import Tell
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Amount, Param, Prompt, Worded
from sokoni.payments.models import Payment
from sokoni.payments.states import PaymentState

SUBJECT: Final = "booking.booking"
_HELD: Final = (PaymentState.PAID, PaymentState.PARTIALLY_PAID, PaymentState.PARTIALLY_REFUNDED)
_OFF: Final = FINAL - {Status.COMPLETED, Status.NO_SHOW}


def _fee(desk: Desk) -> Money | None:
    deposit = desk.settings.deposit
    return None if deposit is None else Money(deposit.amount, desk.context.merchant.currency)


def with_deposit(desk: Desk, prompt: Prompt) -> Prompt:
    """Return a summary with what will have to be paid, where anything will."""
    deposit, fee = desk.settings.deposit, _fee(desk)
    if deposit is None or fee is None:
        return prompt
    told = {
        "summary": Worded(prompt.key, prompt.params),
        "fee": Worded(f"booking.fee.{deposit.kind}"),
        "amount": Amount.of(fee),
        "provider": prompt.params["provider"],
    }
    return msgspec.structs.replace(prompt, key="booking.book.summary.deposit", params=told)


async def settled(desk: Desk, booking: Booking, side: Party, news: Prompt) -> Prompt:
    """Ask the customer for what is to be paid, or see to it when the booking is off."""
    if side is not Party.CUSTOMER:
        return news
    if booking.status == Status.CONFIRMED:
        return await _asked(desk, booking, news)
    kept = await let_go(desk, booking)
    if kept is None:
        return news
    told = {**_within(news), "amount": Amount.of(kept.left)}
    return msgspec.structs.replace(news, key="booking.deposit.kept", params=told)


async def _asked(desk: Desk, booking: Booking, news: Prompt) -> Prompt:
    deposit, fee = desk.settings.deposit, _fee(desk)
    if deposit is None or fee is None or await _paid(desk, booking):
        return news
    wish = Wish(subject=SUBJECT, subject_id=booking.id, reference=booking.reference, money=fee)
    try:
        paying = await pay(desk.context, wish)
    except NoGatewayError:
        return news
    told = {
        **_within(news),
        "fee": Worded(f"booking.fee.{deposit.kind}"),
        "amount": Amount.of(fee),
    }
    key = "booking.deposit.wanted" if paying.link else "booking.deposit.wanted.later"
    return paying.onto(msgspec.structs.replace(news, key=key, params=told))


def _within(news: Prompt) -> dict[str, Param]:
    """Return news to be part of what is said; a template may name what it names."""
    return {**news.params, "news": Worded(news.key, news.params)}


async def let_go(desk: Desk, booking: Booking) -> Payment | None:
    """Want no money for a booking that is off, give back what is to be given back.

    Called in the customer's turn. Return what the merchant keeps.
    """
    if booking.status not in _OFF:
        return None
    await no_longer(desk.context, SUBJECT, booking.id)
    held = await _paid(desk, booking)
    if not held:
        return None
    if not _given_back(desk, booking):
        return held[-1]
    for payment in held:
        await give_back(desk.context, payment, f"{booking.reference} {booking.status}")
    return None


def _given_back(desk: Desk, booking: Booking) -> bool:
    deposit = desk.settings.deposit
    if deposit is None or booking.ended_by != Party.CUSTOMER:
        return True
    return desk.context.now + timedelta(hours=deposit.refund_hours) <= booking.starts_at


async def _paid(desk: Desk, booking: Booking) -> Sequence[Payment]:
    payments = payments_of(desk.context)
    return await payments.of_subject(SUBJECT, booking.id, states=_HELD)


# --- what becomes of the money ------------------------------------------------------------------


async def _booking(context: TurnContext, payment: Payment) -> tuple[Desk, Booking] | None:
    desk = Desk(context)
    try:
        return desk, await desk.bookings.get(BookingId(payment.subject_id))
    except BookingUnknownError:
        return None


async def wanted(context: TurnContext, payment: Payment) -> bool:
    """Tell whether the booking still stands, or was done."""
    found = await _booking(context, payment)
    return found is not None and found[1].status in HOLDING | {Status.COMPLETED}


async def heard(context: TurnContext, news: PaymentNews) -> Prompt | None:
    """Tell both sides of what was paid; of anything else, the customer."""
    found = await _booking(context, news.payment)
    if found is None or not news.is_paid:
        return news.prompt
    desk, booking = found
    params = {**await words_of(desk, booking), "amount": Amount.of(news.payment.came)}
    told = Tell(
        prompt=Prompt("booking.deposit.paid.provider", params),
        purpose=Purpose.NOTICE,
        capability=NAME,
    )
    context.tell(booking.doer_id, told, once=f"deposit:{news.payment.id.hex}")
    return Prompt("booking.deposit.paid.customer", params)
