"""How the dialogue hears what became of money: reports of gateways, staff, and ourselves."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import msgspec

from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.paying import (
    NewsKind,
    PaymentHandler,
    PaymentNews,
    check,
    link_anew,
    no_longer,
    params_of,
    paying_of,
    payments_of,
)
from sokoni.dialogue.payment_requests import (
    LINK,
    OVER,
    REFUND,
    Checked,
    LinkMade,
    LinkWish,
    RefundMade,
    RefundWish,
)
from sokoni.dialogue.reporting import have_money_looked_at
from sokoni.messaging.events import Answer, Timer
from sokoni.messaging.prompts import Amount, Prompt
from sokoni.payments.base import Capabilities, Report
from sokoni.payments.models import Payment, PaymentId, RefundId
from sokoni.payments.refunds import Refunds
from sokoni.payments.service import Applied
from sokoni.payments.states import BRINGS_MONEY, PaymentState


async def heard(
    context: TurnContext, handlers: Mapping[str, PaymentHandler], report: Report
) -> Prompt | None:
    """Take what was said of a payment, and return what the contact is told."""
    payments = payments_of(context)
    payment = await payments.find(PaymentId(report.payment_id))
    if payment is None:
        return None
    handler = handlers.get(payment.subject)
    brings = report.state in BRINGS_MONEY and report.refund_failed is None
    wanted = await handler.wanted(context, payment) if brings and handler else True
    applied = await payments.apply(report, wanted=wanted)
    if applied.repeated:
        return None
    if applied.ask:
        check(context, payment.id, once=f"{payment.id.hex}:{report.key}"[:150])
    if applied.review:
        await have_money_looked_at(context, applied.payment, applied.review, _odd(report))
    if applied.moved and applied.payment.state == PaymentState.PAID:
        # It may have come by an older link: nobody is to pay by the newer one, too.
        await no_longer(context, payment.subject, payment.subject_id)
    kind = _news(applied, report)
    if kind is None:
        return None
    told = await _tell(context, handler, applied.payment, kind, applied.before)
    if told is None or kind not in _OF_THE_REPORT or report.amount is None:
        return told
    # How much went back or came back, the payment itself does not know.
    back = Amount(report.amount, report.currency)
    return msgspec.structs.replace(told, params={**told.params, "amount": back})


def _news(applied: Applied, report: Report) -> NewsKind | None:
    if report.refund_failed is not None:
        return NewsKind.REFUND_FAILED
    if applied.returned:
        return NewsKind.RETURNED
    if applied.before is PaymentState.DISPUTED and report.state in BRINGS_MONEY:
        # Their bank tells who disputed it; they were told long ago that it was paid.
        return None
    if applied.moved:
        return NewsKind.MOVED
    return NewsKind.REVIEW if applied.review else None


def _odd(report: Report) -> str:
    """Return for staff what was said, to be held against what was asked for."""
    money = f"{report.amount} {report.currency}" if report.amount is not None else ""
    return " ".join(one for one in (money, report.reference, report.reason) if one)


async def answered(
    context: TurnContext, handlers: Mapping[str, PaymentHandler], answer: Answer
) -> Sequence[Prompt]:
    """Take what a gateway said to a request of ours."""
    match answer.kind:
        case kind if kind == LINK:
            prompts = [await _linked(context, handlers, answer)]
        case kind if kind == REFUND:
            prompts = [await _given_back(context, handlers, answer)]
        case _ if answer.outcome == "done":
            said = msgspec.json.decode(answer.data, type=Checked)
            prompts = [await heard(context, handlers, report) for report in said.reports]
        case _:
            prompts = []
    return [prompt for prompt in prompts if prompt is not None]


def poll(context: TurnContext, timer: Timer) -> None:
    """Ask the gateway, because it is time."""
    payment_id, number = timer.data["payment"], timer.data["number"]
    check(context, PaymentId(UUID(payment_id)), once=f"{payment_id}:{number}")


class _Failed(msgspec.Struct, frozen=True):
    """What the answer to a request for a link that failed carries."""

    data: LinkWish | None = None
    reason: str = ""


class _RefundFailed(msgspec.Struct, frozen=True):
    """The same, of a refund."""

    data: RefundWish | None = None
    reason: str = ""


async def _linked(
    context: TurnContext, handlers: Mapping[str, PaymentHandler], answer: Answer
) -> Prompt | None:
    payments = payments_of(context)
    if answer.outcome == "done":
        made = msgspec.json.decode(answer.data, type=LinkMade)
        payment = await payments.find(PaymentId(made.payment_id))
        live = payment and context.gateways.find(context.merchant.id, payment.provider)
        if payment is None:
            return None
        can = live.can if live else Capabilities()
        if not await payments.linked(payment, made.link, can):
            # Wanted no more meanwhile: the gateway is to close it.
            check(context, payment.id, once=f"late:{payment.id.hex}")
            return None
        kind = NewsKind.LINK
    else:
        failed = msgspec.json.decode(answer.data, type=_Failed)
        found = failed.data and await payments.find(PaymentId(failed.data.payment_id))
        if not found or found.state != PaymentState.CREATED:
            return None
        if failed.reason == OVER and await link_anew(context, found):
            return None
        payment, kind = found, NewsKind.NO_LINK
        await have_money_looked_at(context, payment, "no_link", failed.reason)
    handler = handlers.get(payment.subject)
    return await _tell(context, handler, payment, kind, PaymentState.CREATED)


async def _tell(
    context: TurnContext,
    handler: PaymentHandler | None,
    payment: Payment,
    kind: NewsKind,
    before: PaymentState,
) -> Prompt | None:
    prompt = _general(context, payment, kind)
    if handler is None:
        return prompt
    return await handler.heard(
        context, PaymentNews(kind=kind, payment=payment, before=before, prompt=prompt)
    )


_OF_THE_REPORT: Final = frozenset({NewsKind.REFUND_FAILED, NewsKind.RETURNED})
_WORDED: Final = frozenset(
    {
        PaymentState.PAID,
        PaymentState.PARTIALLY_PAID,
        PaymentState.FAILED,
        PaymentState.EXPIRED,
        PaymentState.REFUNDED,
        PaymentState.PARTIALLY_REFUNDED,
    }
)


_SAID: Final[Mapping[NewsKind, str]] = {
    NewsKind.NO_LINK: "payments.no_link",
    NewsKind.REFUND_FAILED: "payments.refund_failed",
    NewsKind.REVIEW: "payments.review",
    NewsKind.RETURNED: "payments.returned",
}


def _general(context: TurnContext, payment: Payment, kind: NewsKind) -> Prompt | None:
    """Return what is said of it where the subject has no words of its own."""
    if kind is NewsKind.LINK:
        return paying_of(context, payments_of(context).link_of(payment), payment).prompt
    params, worded = params_of(payment), payment.state in _WORDED
    if kind is NewsKind.MOVED and payment.state == PaymentState.PAID:
        params["amount"] = Amount.of(payment.came)
    key = _SAID.get(kind) or (f"payments.{payment.state}" if worded else "")
    return Prompt(key, params) if key else None


async def _given_back(
    context: TurnContext, handlers: Mapping[str, PaymentHandler], answer: Answer
) -> Prompt | None:
    """Note what became of a refund; what cannot be given back, staff look at."""
    refunds = Refunds(context.session, context.merchant.id, context.now)
    if answer.outcome == "done":
        made = msgspec.json.decode(answer.data, type=RefundMade)
        payment = await payments_of(context).get(PaymentId(made.payment_id))
        report = await refunds.made(payment, RefundId(made.refund_id), made.refunded)
        return None if report is None else await heard(context, handlers, report)
    failed = msgspec.json.decode(answer.data, type=_RefundFailed)
    if failed.data is not None:
        await refunds.failed(RefundId(failed.data.refund_id))
        payment = await payments_of(context).get(PaymentId(failed.data.payment_id))
        await have_money_looked_at(context, payment, "refund_failed", failed.reason)
    return None
