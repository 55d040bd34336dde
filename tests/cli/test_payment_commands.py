"""Money from the command line: how it is taken, listed, marked paid and given back."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.cli.parts import opened
from sokoni.contacts.register import contact_of_phone
from sokoni.db.writing import writing
from sokoni.kit.ids import ConversationId, PhoneNumber, new_id
from sokoni.kit.money import Money
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.messaging.models import Conversation, EventKind, InboxEvent
from sokoni.messaging.seats import new_conversation
from sokoni.payments.base import Capabilities, Link
from sokoni.payments.service import NewPayment, Payments
from tests.cli.conftest import Run

SHOP = """
merchant: corner
name: The Corner
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
channels:
  - channel: simulator
payments:
  - gateway: cod
  - gateway: stripe
    secret_key: ${STRIPE_SECRET_KEY}
    webhook_secrets: ["${STRIPE_WEBHOOK_SECRET}"]
"""
KEY = "sk_test_51secret"


@pytest.fixture
def shop(run: Run, upgraded: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STRIPE_SECRET_KEY", KEY)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", "whsec_secret")
    path = upgraded / "corner.yaml"
    path.write_text(SHOP)
    assert run("merchant", "apply", path).code == 0
    return path


@pytest.fixture
def payment(shop: Path) -> str:
    async def opening() -> str:
        async with opened() as parts:
            async with parts.session() as session:
                merchant = await session.scalar(select(Merchant.id))
                account = await session.scalar(select(ChannelAccount.id))
            assert merchant is not None
            assert account is not None
            phone = PhoneNumber("+263771000001")
            async with writing(parts.engine) as connection:
                who = await contact_of_phone(
                    connection, parts.vault, merchant, phone, parts.clock()
                )
                talk = new_conversation(merchant, account, who, parts.clock())
                await connection.execute(insert(Conversation), [talk])
            async with parts.session() as session:
                payments = Payments(session, parts.vault, merchant, parts.clock())
                new = NewPayment(
                    contact_id=who,
                    conversation_id=cast("ConversationId", talk["id"]),
                    subject="test",
                    subject_id=new_id(),
                    reference="ORD-1",
                    money=Money(Decimal("2.50"), "USD"),
                    provider="cod",
                    lasts=timedelta(days=1),
                )
                opened_one = await payments.open(new)
                await payments.linked(opened_one, Link(), Capabilities(by_hand=True))
                return str(opened_one.id)

    assert shop.exists()
    return asyncio.run(opening())


def test_a_second_apply_changes_nothing_and_what_goes_is_not_offered(run: Run, shop: Path) -> None:
    again = run("merchant", "apply", shop)
    listed = run("merchant", "list").out
    shop.write_text(SHOP[: SHOP.index("  - gateway: stripe")])
    gone = run("merchant", "apply", shop)

    assert "Nothing to change" in again.out
    assert "payments by stripe: ready" in listed
    assert "/payments/stripe/callback/" in listed
    assert KEY not in listed
    assert "paused: payments by stripe" in gone.out
    assert "not offered, taken out" in run("merchant", "list").out


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("gateway: cod", "gateway: goats", "no gateway is called 'goats'"),
        ("  - gateway: stripe", "  - gateway: cod\n  - gateway: stripe", "a second time"),
        ("secret_key:", "secret:", "secret is no key of this part"),
        ("${STRIPE_SECRET_KEY}", "${STRIPE_KEY}", "STRIPE_KEY"),
        ("  - gateway: cod", "  - gateway: cod\n    most: {USD: lots}", "USD"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    run: Run, shop: Path, before: str, after: str, wrong: str
) -> None:
    shop.write_text(SHOP.replace(before, after))

    said = run("merchant", "apply", shop)

    assert said.code != 0
    assert wrong in said.err
    assert f"{shop}:" in said.err
    assert KEY not in said.err


def test_the_doctor_looks_at_how_money_is_taken(
    run: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("doctor").out

    assert "corner, payments by stripe: configured." in said
    assert KEY not in said
    text = SHOP.replace("currency: USD", "currency: ZWG")
    shop.write_text(text + "    base_url: http://127.0.0.1:9\n  - gateway: sandbox\n")
    run("merchant", "apply", shop)
    monkeypatch.setenv("SOKONI_ENV", "production")
    monkeypatch.setenv("SOKONI_SECRET_KEYS", (shop.parent / "sokoni.keys").read_text().strip())
    said = run("doctor").out

    assert "it does not take 20 ZWG" in said
    assert "is not encrypted, and is sent the secret key" in said
    assert "payments by sandbox: no money moves there" in said


def test_payments_are_listed_shown_and_marked_paid(run: Run, payment: str) -> None:
    listed = run("payment", "list", "corner").out
    marked = run("payment", "mark-paid", "corner", "ord-1", "--by", "Nyasha")
    shown = run("payment", "show", "corner", payment).out
    refused = run("payment", "refund", "corner", payment)
    unknown = run("payment", "show", "corner", "ORD-9")

    assert f"{payment}  ORD-1  2.50 USD  cod  pending" in listed
    assert marked.code == 0, marked.err
    assert "ORD-1" in shown
    assert refused.code != 0
    assert "No payment is called ORD-9" in unknown.err
    assert asyncio.run(_kinds()) == [EventKind.PAYMENT]


async def _kinds() -> list[str]:
    async with opened() as parts, AsyncSession(parts.engine) as session:
        return list(await session.scalars(select(InboxEvent.kind)))
