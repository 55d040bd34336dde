"""What becomes of something that is said of a payment: nothing here touches a database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sokoni.payments.base import Report, Source
from sokoni.payments.models import EntryOutcome, Payment
from sokoni.payments.states import (
    BRINGS_MONEY,
    SETTLED,
    TAKES_BACK,
    PaymentState,
    may_move,
)

_FROM_OUTSIDE: Final = frozenset({Source.WEBHOOK, Source.CHECK})


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of it, where the payment goes by it, and why staff must look at it."""

    outcome: EntryOutcome
    state: PaymentState
    review: str = ""
    settles: bool = False
    """What staff were to look at is over with it."""
    returned: bool = False
    """Money that never counted as paid was given back."""
    back: Decimal = Decimal(0)
    """How much was given back in all, where that is news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else counts when money comes."""

    wanted: bool = True
    """What it pays is still to be paid."""
    paid_before: bool = False
    """Another payment paid the same thing."""
    known: frozenset[str] = frozenset()
    """Ids of money that staff were told of already."""


def judge(payment: Payment, report: Report, around: Around) -> Judged:
    """Compare what is said with what was asked for, and only ever go forward."""
    before = PaymentState(payment.state)
    if report.state in BRINGS_MONEY:
        return _money(payment, report, around)
    if report.state in TAKES_BACK:
        return _back(payment, report)
    if report.state is before:
        return Judged(EntryOutcome.SAME, before)
    if payment.review or not may_move(before, report.state):
        return Judged(EntryOutcome.LATE, before)
    review = "disputed" if report.state is PaymentState.DISPUTED else ""
    return Judged(EntryOutcome.APPLIED, report.state, review)


def _money(payment: Payment, report: Report, around: Around) -> Judged:
    before = PaymentState(payment.state)
    disputed = before is PaymentState.DISPUTED
    if report.won or (disputed and report.accepted):
        after = _undisputed(payment) if disputed else before
        return Judged(EntryOutcome.APPLIED if disputed else EntryOutcome.LATE, after)
    settled = before in SETTLED and before is not PaymentState.PARTIALLY_PAID
    if settled or (payment.review and not report.accepted):
        return _again(payment, report, around)
    wrong = "" if report.accepted else _wrong(payment, report, around)
    if wrong:
        return Judged(EntryOutcome.REVIEW, before, wrong)
    return _credited(payment, report)


def _undisputed(payment: Payment) -> PaymentState:
    """Return where money is that was disputed in vain."""
    if not payment.refunded:
        return PaymentState.PAID
    return PaymentState.PARTIALLY_REFUNDED if payment.left.amount else PaymentState.REFUNDED


def _credited(payment: Payment, report: Report) -> Judged:
    before = PaymentState(payment.state)
    if before is report.state:
        more = (report.amount or Decimal(0)) > payment.paid
        return Judged(EntryOutcome.APPLIED if more else EntryOutcome.SAME, before)
    forward = report.accepted or may_move(before, report.state)
    return (
        Judged(EntryOutcome.APPLIED, report.state)
        if forward
        else Judged(EntryOutcome.LATE, before)
    )


def _again(payment: Payment, report: Report, around: Around) -> Judged:
    """Tell money that comes a second time from the same that is said again."""
    before = PaymentState(payment.state)
    other = report.transaction not in {"", payment.transaction_id, *around.known}
    if other and not report.accepted:
        return Judged(EntryOutcome.REVIEW, before, "twice")
    return Judged(EntryOutcome.SAME, before)


def _wrong(payment: Payment, report: Report, around: Around) -> str:
    """Return what speaks against taking the money, "" where nothing does."""
    said_by_none = not report.reference and report.source in _FROM_OUTSIDE
    if said_by_none or (report.reference and report.reference != payment.reference):
        return "reference"
    if report.currency != payment.currency:
        return "currency"
    if not _fits(payment, report):
        return "amount"
    if payment.state == PaymentState.CANCELLED:
        return "cancelled"
    # What was paid already is wanted no more, either.
    if around.paid_before:
        return "twice"
    return "" if around.wanted else "cancelled"


def _fits(payment: Payment, report: Report) -> bool:
    if report.amount is None:
        return False
    if report.state is PaymentState.PARTIALLY_PAID:
        return Decimal(0) < report.amount < payment.amount
    return report.amount == payment.amount


def _back(payment: Payment, report: Report) -> Judged:
    before, amount = PaymentState(payment.state), report.amount or Decimal(0)
    if report.lost:
        amount = min(payment.paid, payment.refunded + amount)
    other = report.transaction not in {"", payment.transaction_id} and payment.transaction_id
    if before not in SETTLED or other or payment.review == "twice":
        return _unwanted_back(payment)
    if report.currency != payment.currency:
        return Judged(EntryOutcome.REVIEW, before, "currency")
    if amount <= payment.refunded:
        return Judged(EntryOutcome.SAME, before)
    whole = amount >= payment.paid
    after = PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED
    if after is before or may_move(before, after):
        return Judged(EntryOutcome.APPLIED, after, settles=True, back=amount)
    return Judged(EntryOutcome.LATE, before)


def _unwanted_back(payment: Payment) -> Judged:
    """Money that staff looked at, and that never counted as paid, was given back."""
    before = PaymentState(payment.state)
    if not payment.review:
        return Judged(EntryOutcome.LATE, before)
    if may_move(before, PaymentState.CANCELLED):
        after = PaymentState.CANCELLED
        return Judged(EntryOutcome.APPLIED, after, settles=True, returned=True)
    return Judged(EntryOutcome.SAME, before, settles=True, returned=True)
