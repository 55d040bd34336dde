"""How a task asks for money, and how it hears what became of it (design §3)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.payment_requests import (
    CHECK,
    LINK,
    REFUND,
    CheckWish,
    LinkWish,
    RefundWish,
)
from sokoni.dialogue.reporting import have_money_looked_at
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.messaging.prompts import Amount, Param, Prompt, Worded
from sokoni.payments.gateways import LiveGateway
from sokoni.payments.models import Payment, PaymentId
from sokoni.payments.refunds import NewRefund, Refunds
from sokoni.payments.service import NewPayment, Payments
from sokoni.payments.states import OPEN, PaymentState

_ATTEMPTS: Final = 3
"""A gateway that makes no link for so long is for staff to look at."""
GIVE_BACK: Final = "give_back"
"""Why staff look at money that no gateway can give back."""


class NoGatewayError(AppError):
    """The merchant has no way to take so much money."""

    code = "no_gateway"
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Money wanted from the contact of the turn."""

    subject: str
    """What it pays, such as `store.order`: its `PaymentHandler` hears of it."""
    subject_id: UUID
    reference: str
    """Of what it pays, as people quote it."""
    money: Money
    gateway: str = ""
    """"" leaves it to the merchant: the first of its gateways that takes so much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """Money that was asked for, and what the contact is to be told of it."""

    payment: Payment
    link: str
    """Where it is paid; "" where the link follows, or there is none."""
    prompt: Prompt

    @property
    def words(self) -> Worded:
        """The prompt's words, to be a parameter of another prompt."""
        return Worded(self.prompt.key, self.prompt.params)

    def onto(self, prompt: Prompt, param: str = "payment") -> Prompt:
        """Return a prompt that says it, too: in a parameter, with the link's button."""
        return msgspec.structs.replace(
            prompt,
            params={**prompt.params, param: self.words},
            link_url=self.prompt.link_url,
            link_label=self.prompt.link_label,
        )


class NewsKind(StrEnum):
    """What is new of a payment."""

    LINK = "link"
    """Its link came."""
    NO_LINK = "no_link"
    """There will be none: the gateway refused, and staff were told."""
    MOVED = "moved"
    """It stands in another state."""
    REFUND_FAILED = "refund_failed"
    """Money that was given back is here again: staff were told."""
    REVIEW = "review"
    """Money came that does not fit: staff were told."""
    RETURNED = "returned"
    """Staff did not take it: it is on its way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNews:
    """What a subject's handler hears."""

    kind: NewsKind
    payment: Payment
    before: PaymentState
    prompt: Prompt | None
    """What is said of it in general; a handler may say it in words of its own."""

    @property
    def state(self) -> PaymentState:
        return PaymentState(self.payment.state)

    @property
    def is_paid(self) -> bool:
        """It was paid in full, just now."""
        return self.kind is NewsKind.MOVED and self.state is PaymentState.PAID


async def _always(context: TurnContext, payment: Payment) -> bool:  # noqa: ARG001
    return True


Hearing: TypeAlias = Callable[[TurnContext, PaymentNews], Awaitable[Prompt | None]]
Wanting: TypeAlias = Callable[[TurnContext, Payment], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class PaymentHandler:
    """What a capability does about payments of one subject of its own."""

    heard: Hearing
    """Called in the payer's own turn, in whose transaction it may change rows; it returns what
    they are told. What it pays is told nothing twice, and never of a step back."""
    wanted: Wanting = _always
    """Tells whether the money is still wanted, when it comes: else staff look at it."""


# --- asking -----------------------------------------------------------------------------------


async def ways(context: TurnContext, money: Money) -> Sequence[LiveGateway]:
    """Return the gateways by which the contact may pay so much, the default first."""
    payments = payments_of(context)
    found = []
    for live in context.gateways.of(context.merchant.id):
        most = live.can.refusals
        refused = most and await payments.refusals(context.person.id, live.name) >= most
        if live.can.takes(money) and not refused:
            found.append(live)
    return found


async def pay(context: TurnContext, wish: Wish) -> Paying:
    """Ask the contact for money, or raise `NoGatewayError`.

    Where the gateway must be asked for the link, it follows by itself, however long that takes.
    """
    offered = await ways(context, wish.money)
    live = next((one for one in offered if wish.gateway in {"", one.name}), None)
    if live is None:
        raise NoGatewayError(wish.gateway or "none")
    payments = payments_of(context)
    payment = await payments.open(
        NewPayment(
            contact_id=context.person.id,
            conversation_id=context.conversation_id,
            subject=wish.subject,
            subject_id=wish.subject_id,
            reference=wish.reference,
            money=wish.money,
            provider=live.name,
            lasts=live.can.lasts,
        )
    )
    if payment.state == PaymentState.CREATED:
        await _have_linked(context, live, payment, wish.reference)
    return paying_of(context, payments.link_of(payment), payment)


async def _have_linked(
    context: TurnContext, live: LiveGateway, payment: Payment, reference: str
) -> None:
    """Have a link made: now where nobody is asked for it, else by a request."""
    description, language = f"{context.merchant.name} {reference}", context.language
    if live.can.at_once:
        order = live.order(payment, description=description, language=language)
        await payments_of(context).linked(payment, await live.gateway.link(order), live.can)
    else:
        wish = LinkWish(payment_id=payment.id, description=description, language=language)
        context.ask(LINK, wish, once=f"pay:{payment.id.hex}:{payment.attempt}")


async def link_anew(context: TurnContext, payment: Payment) -> bool:
    """Ask for a link whose time begins now; False where that was done often enough."""
    live = context.gateways.find(context.merchant.id, payment.provider)
    if live is None or payment.attempt >= _ATTEMPTS:
        return False
    payment.attempt += 1
    payment.expires_at = context.now + live.can.lasts
    await _have_linked(context, live, payment, payment.reference)
    return True


def paying_of(context: TurnContext, link: str, payment: Payment) -> Paying:
    """Return what is said of money that is to be paid."""
    live = context.gateways.find(context.merchant.id, payment.provider)
    return Paying(payment=payment, link=link, prompt=how_to_pay(payment, link, live))


def how_to_pay(payment: Payment, link: str, live: LiveGateway | None) -> Prompt:
    """Return what is said of money that is still to be paid."""
    params = params_of(payment)
    if link:
        label = Worded("payments.pay")
        return Prompt("payments.link", params, link_url=link, link_label=label)
    if live is None or not live.can.by_hand:
        return Prompt("payments.link.later", params)
    if live.can.instructions:
        return Prompt("payments.cash.told", {**params, "instructions": live.can.instructions})
    return Prompt("payments.cash", params)


async def still_to_pay(context: TurnContext, subject: str, subject_id: UUID) -> Paying | None:
    """Return what the contact was asked to pay for a thing, None where nothing is open."""
    payments = payments_of(context)
    found = await payments.of_subject(subject, subject_id, states=OPEN)
    return paying_of(context, payments.link_of(found[-1]), found[-1]) if found else None


async def no_longer(context: TurnContext, subject: str, subject_id: UUID) -> None:
    """Want no money for a thing any more; what comes all the same, staff look at."""
    payments = payments_of(context)
    for payment in await payments.of_subject(subject, subject_id, states=OPEN):
        await payments.cancel(payment)
        check(context, payment.id, once=f"over:{payment.id.hex}")


async def give_back(context: TurnContext, payment: Payment, reason: str) -> bool:
    """Have all that is left of a payment given back, once; what no gateway can, staff are to.

    Called in the payer's own turn, who hears when it is done. False: it is for staff.
    """
    payment = await payments_of(context).get(payment.id, lock=True)
    live = context.gateways.find(context.merchant.id, payment.provider)
    refunds = Refunds(context.session, context.merchant.id, context.now)
    money = await refunds.free(payment)
    if money.amount <= 0:
        return True
    if live is None or not live.can.refunds:
        await have_money_looked_at(context, payment, GIVE_BACK, reason)
        return False
    key = f"own:{payment.id.hex}"
    new = NewRefund(payment=payment, money=money, key=key, reason=reason)
    refund, is_new = await refunds.ask(new)
    if is_new:
        wish = RefundWish(
            refund_id=refund.id, payment_id=payment.id, transaction=payment.transaction_id
        )
        context.ask(REFUND, wish, once=f"refund:{refund.id.hex}")
    return True


def check(context: TurnContext, payment_id: PaymentId, *, once: str) -> None:
    """Have the gateway asked what became of a payment."""
    context.ask(CHECK, CheckWish(payment_id=payment_id), once=f"check:{once}")


def params_of(payment: Payment) -> dict[str, Param]:
    """Return what wording about a payment may name."""
    return {
        "reference": payment.reference,
        "amount": Amount.of(payment.money),
        "paid": Amount(payment.paid, payment.currency),
        "refunded": Amount(payment.refunded, payment.currency),
    }


def payments_of(context: TurnContext) -> Payments:
    """Return the payments of the turn's merchant."""
    return Payments(context.session, context.vault, context.merchant.id, context.now)
