"""The ledger: whatever is said in whatever order, never paid wrongly and never backwards."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id
from sokoni.kit.money import Money
from sokoni.payments.base import Capabilities, Link, Report, Source
from sokoni.payments.judging import Around, Judged, judge
from sokoni.payments.models import EntryOutcome, Payment, PaymentId
from sokoni.payments.polling import next_poll
from sokoni.payments.service import NewPayment, Payments
from sokoni.payments.states import BRINGS_MONEY, FORWARD, SETTLED, TAKES_BACK, PaymentState
from sokoni.testing.clock import NOON
from tests.conftest import THREE

MERCHANT: Final = MerchantId(new_id())
PRICE: Final = Money(Decimal("2.50"), "USD")
S: Final = PaymentState


def new(subject: UUID | None = None, **other: Any) -> NewPayment:  # noqa: ANN401 -- as a test wants it
    wanted: dict[str, Any] = {
        "contact_id": ContactId(new_id()),
        "conversation_id": ConversationId(new_id()),
        "subject": "kiosk.sale",
        "subject_id": subject or new_id(),
        "reference": "BRD-1",
        "money": PRICE,
        "provider": "sandbox",
        "lasts": timedelta(hours=1),
    }
    return NewPayment(**{**wanted, **other})


def said(payment: PaymentId, state: PaymentState, **other: Any) -> Report:  # noqa: ANN401 -- as a test wants it
    wanted: dict[str, Any] = {
        "payment_id": payment,
        "key": new_id().hex,
        "state": state,
        "source": Source.WEBHOOK,
        "amount": PRICE.amount,
        "currency": "USD",
        "reference": "BRD-1",
        "transaction": "pi_1",
    }
    return Report(**{**wanted, **other})


# --- all that may be said, in any order ---------------------------------------------------------


def row(state: PaymentState = S.PENDING) -> Payment:
    return cast(
        "Payment",
        SimpleNamespace(
            state=state,
            review="",
            reference="BRD-1",
            amount=PRICE.amount,
            currency="USD",
            paid=Decimal(0),
            refunded=Decimal(0),
            transaction_id="",
            provider_id="",
        ),
    )


REPORTS: Final = st.builds(
    Report,
    payment_id=st.just(new_id()),
    key=st.sampled_from([f"evt_{number}" for number in range(12)]),
    state=st.sampled_from(PaymentState),
    source=st.sampled_from([Source.WEBHOOK, Source.CHECK]),
    amount=st.sampled_from([None, *map(Decimal, ("0", "1.00", "2.49", "2.50", "5.00"))]),
    currency=st.sampled_from(["USD", "USD", "USD", "ZAR", ""]),
    reference=st.sampled_from(["BRD-1", "BRD-1", "BRD-1", "BRD-2", ""]),
    transaction=st.sampled_from(["", "pi_1", "pi_1", "pi_2"]),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(REPORTS, max_size=14), st.booleans())
def test_no_order_of_reports_pays_wrongly_or_goes_backwards(
    reports: Sequence[Report], wanted: bool
) -> None:
    payment = row()
    seen: set[str] = set()
    for report in reports:
        if report.key in seen:
            continue
        seen.add(report.key)
        before = PaymentState(payment.state)
        judged = judge(payment, report, Around(wanted=wanted))
        follow(payment, report, judged)
        after = PaymentState(payment.state)

        assert after is before or after in FORWARD[before]
        if after is S.PAID and before is not S.PAID:
            assert (report.amount, report.currency, report.reference) == (
                PRICE.amount,
                "USD",
                "BRD-1",
            )
            assert wanted
        if before in SETTLED:
            assert after in SETTLED
        if judged.outcome is EntryOutcome.REVIEW:
            assert after is before
        assert payment.refunded <= max(payment.paid, Decimal("5.00"))


def follow(payment: Payment, report: Report, judged: Judged) -> None:
    """Do as the service does."""
    if judged.review:
        payment.review = judged.review
    if judged.outcome is EntryOutcome.APPLIED:
        payment.state = judged.state
        if report.state in BRINGS_MONEY:
            payment.paid, payment.review = report.amount or payment.amount, ""
            payment.transaction_id = report.transaction or payment.transaction_id
        elif judged.state in TAKES_BACK:
            payment.refunded = max(payment.refunded, report.amount or Decimal(0))


@pytest.mark.parametrize("before", list(PaymentState))
def test_nothing_but_money_and_what_takes_it_back_leaves_its_end(before: PaymentState) -> None:
    after = FORWARD[before]

    assert before not in after
    if before in SETTLED:
        assert not after & {S.CREATED, S.PENDING, S.UNKNOWN, S.AUTHORIZED, S.FAILED, S.EXPIRED}
    if before is S.CANCELLED:
        assert not after


# --- in the database ----------------------------------------------------------------------------


async def opened(engine: AsyncEngine, vault: Vault, **other: Any) -> PaymentId:  # noqa: ANN401
    async with writing(engine) as connection, on(connection) as session:
        payments = Payments(session, vault, MERCHANT, NOON)
        payment = await payments.open(new(**other))
        await payments.linked(payment, Link(url="https://pay.example/1"), Capabilities())
        return payment.id


def on(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(
        connection,
        join_transaction_mode="rollback_only",
        expire_on_commit=False,
    )


async def apply(engine: AsyncEngine, vault: Vault, report: Report) -> bool:
    async with writing(engine) as connection, on(connection) as session:
        applied = await Payments(session, vault, MERCHANT, NOON).apply(report)
        await session.flush()
        return applied.moved


async def state_of(engine: AsyncEngine, vault: Vault, payment: PaymentId) -> tuple[str, str]:
    async with AsyncSession(engine) as session:
        found = await Payments(session, vault, MERCHANT, NOON).get(payment)
        return found.state, found.review


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_many_copies_at_once_have_one_effect(engine: AsyncEngine, vault: Vault) -> None:
    payment = await opened(engine, vault)
    report = said(payment, S.PAID, key="evt_1")

    moved = await asyncio.gather(*(apply(engine, vault, report) for _ in range(20)))

    assert sum(moved) == 1
    async with AsyncSession(engine) as session:
        history = await Payments(session, vault, MERCHANT, NOON).history(payment)
    assert [one.outcome for one in history] == ["applied"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_different_news_at_once_end_where_the_money_is(
    engine: AsyncEngine, vault: Vault
) -> None:
    payment = await opened(engine, vault)
    news = [said(payment, state) for state in (S.FAILED, S.PAID, S.EXPIRED, S.PENDING)]

    await asyncio.gather(*(apply(engine, vault, report) for report in news))

    assert await state_of(engine, vault, payment) == (S.PAID, "")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_second_payment_of_the_same_thing_is_for_staff(
    engine: AsyncEngine, vault: Vault
) -> None:
    sale = new_id()
    first = await opened(engine, vault, subject=sale)
    second = await opened(engine, vault, subject=sale, provider="cod")

    assert await state_of(engine, vault, first) == (S.CANCELLED, "")
    await apply(engine, vault, said(second, S.PAID))
    await apply(engine, vault, said(first, S.PAID, transaction="pi_2"))

    assert await state_of(engine, vault, second) == (S.PAID, "")
    assert await state_of(engine, vault, first) == (S.CANCELLED, "cancelled")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_same_payment_paid_twice_is_for_staff(engine: AsyncEngine, vault: Vault) -> None:
    payment = await opened(engine, vault)

    await apply(engine, vault, said(payment, S.PAID))
    await apply(engine, vault, said(payment, S.PAID))
    assert await state_of(engine, vault, payment) == (S.PAID, "")

    await apply(engine, vault, said(payment, S.PAID, transaction="pi_2"))
    assert await state_of(engine, vault, payment) == (S.PAID, "twice")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_asking_again_opens_no_second_payment(engine: AsyncEngine, vault: Vault) -> None:
    sale = new_id()
    first = await opened(engine, vault, subject=sale)

    assert await opened(engine, vault, subject=sale) == first
    dearer = await opened(engine, vault, subject=sale, money=Money(Decimal(3), "USD"))
    assert dearer != first
    assert await state_of(engine, vault, first) == (S.CANCELLED, "")


def test_gateways_are_asked_at_1_5_15_and_60_minutes_then_hourly_until_the_end() -> None:
    at, end, asked = NOON, NOON + timedelta(minutes=200), []
    for polls in range(7):
        following = next_poll(at, polls, end)
        assert following is not None
        at = following
        asked.append((at - NOON) // timedelta(minutes=1))

    assert asked == [1, 5, 15, 60, 120, 180, 200]
