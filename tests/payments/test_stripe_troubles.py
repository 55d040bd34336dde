"""Stripe when it is slow, forgets keys, or takes money back for a bank that asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.kit.http import ReqwestClient
from sokoni.kit.money import Money
from sokoni.payments.base import GatewayRefusedError, GatewayUnknownError
from sokoni.payments.models import RefundState
from sokoni.payments.stripe.config import StripeConfig
from sokoni.payments.stripe.gateway import StripeGateway
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_stripe import FakeStripe, fake_stripe
from sokoni.testing.loopback import Answered
from sokoni.testing.stripe_answers import Trouble, refused
from tests.capabilities.store.front import ShopFront, refunds, stripe_front, tell
from tests.payments.test_stripe import KEY, SECRET, config, known, now, order

DOLLAR: Final = Money(Decimal(1), "USD")


@asynccontextmanager
async def paid(database_url: str) -> AsyncIterator[tuple[ShopFront, FakeStripe]]:
    """Open a shop where Ana ordered for $9.00 and paid."""
    async with stripe_front(database_url) as (shop, fake):
        await shop.buy(2)
        fake.pay((await shop.payment()).provider_id)
        await tell(shop, fake)
        yield shop, fake


async def give_back(shop: ShopFront, amount: str) -> int:
    path = f"/api/v1/payments/{(await shop.payment()).id}/refund"
    answer = await shop.desk.post(path, {"amount": amount})
    await shop.run()
    return answer.status


# --- keys ---------------------------------------------------------------------------------------


async def test_a_refund_is_made_once_though_its_key_is_forgotten_after_a_day() -> None:
    clock = StoppedClock(now())
    async with (
        fake_stripe(key=KEY, now=lambda: clock().timestamp()) as fake,
        ReqwestClient() as http,
    ):
        gateway = StripeGateway(config(fake), http, clock)
        session = (await gateway.link(order())).provider_id
        fake.pay(session)
        fake.trouble(Trouble.LOST)
        with pytest.raises(GatewayUnknownError):
            await gateway.refund(known(session, fake), DOLLAR, "", "key-1")

        clock.advance(timedelta(hours=30))
        again = await gateway.refund(known(session, fake), DOLLAR, "", "key-1")
        other = await gateway.refund(known(session, fake), DOLLAR, "", "key-2")

        assert list(fake.refunds) == [again.refund_id, other.refund_id]


async def test_stripes_own_word_on_asking_again_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    never = {"stripe-should-retry": "false"}
    async with fake_stripe(key=KEY) as fake, ReqwestClient() as http:
        gateway = StripeGateway(config(fake), http, now)
        for status, error in (
            (409, GatewayRefusedError),
            (429, GatewayRefusedError),
            # It may have been done all the same.
            (500, GatewayUnknownError),
        ):
            answer = refused(status, "invalid_request_error", "no_more", "Do not ask", never)
            _answering(monkeypatch, fake, answer)

            with pytest.raises(error):
                await gateway.link(order())


def _answering(monkeypatch: pytest.MonkeyPatch, fake: FakeStripe, answer: Answered) -> None:
    monkeypatch.setattr(fake, "_once", lambda *_: answer)


async def test_the_version_of_the_api_is_our_own() -> None:
    async with fake_stripe(key=KEY) as fake, ReqwestClient() as http:
        await StripeGateway(config(fake), http, now).link(order())

        assert fake.asked[0].headers["stripe-version"] == "2026-10-28.endive"


@pytest.mark.parametrize(
    ("key", "secret"), [("pk_live_51abcdef", SECRET), (KEY, "sk_test_51abcdef")]
)
def test_another_kind_of_key_is_refused_and_not_repeated(key: str, secret: str) -> None:
    with pytest.raises(ValidationError, match="another kind of key") as refusal:
        StripeConfig(secret_key=SecretStr(key), webhook_secrets=(SecretStr(secret),))

    assert "51abcdef" not in str(refusal.value)


# --- refunds that take their time ---------------------------------------------------------------


@pytest.mark.parametrize("told_first", [False, True])
async def test_a_slow_refund_counts_once_whoever_tells_first(
    engine: AsyncEngine, database_url: str, *, told_first: bool
) -> None:
    async with paid(database_url) as (shop, fake):
        fake.slow_refunds = True
        if told_first:
            fake.trouble(Trouble.LOST)

        await give_back(shop, "4.00")
        told = await tell(shop, fake)
        await shop.wait(timedelta(minutes=5))

        assert told.count("$4.00 of $9.00") == 1
        assert await refunds(shop) == [("4.00", RefundState.DONE)]
        assert (await shop.payment()).refunded == 4
        # The rest is still there to be given back.
        assert await give_back(shop, "5.00") == 202


# --- disputes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["won", "warning_closed"])
async def test_a_dispute_that_is_ours_after_all_is_told_to_nobody_but_staff(
    engine: AsyncEngine, database_url: str, ends: str
) -> None:
    async with paid(database_url) as (shop, fake):
        session = (await shop.payment()).provider_id
        fake.dispute(session)
        begun = await tell(shop, fake)
        assert (await shop.payment()).state == "disputed"
        assert await shop.reports() == [("payment", "disputed")]
        assert await give_back(shop, "1.00") == 409

        fake.dispute(session, ends)
        over = await tell(shop, fake)

        assert (begun, over) == ("", "")
        assert (await shop.payment()).state == "paid"
        assert await shop.stands() == ("paid", "paid")
        assert await give_back(shop, "1.00") == 202


async def test_a_dispute_of_the_rest_takes_what_is_left(
    engine: AsyncEngine, database_url: str
) -> None:
    async with paid(database_url) as (shop, fake):
        await give_back(shop, "4.00")
        await tell(shop, fake)
        session = (await shop.payment()).provider_id
        fake.dispute(session, amount=500)
        await tell(shop, fake)

        fake.dispute(session, "lost", amount=500)
        told = await tell(shop, fake)

        payment = await shop.payment()
        assert (payment.state, payment.refunded) == ("refunded", Decimal(9))
        assert (await shop.stands())[1] == "refunded"
        assert "$9.00" in told


async def test_what_was_given_back_before_a_dispute_in_vain_stays_so(
    engine: AsyncEngine, database_url: str
) -> None:
    async with paid(database_url) as (shop, fake):
        await give_back(shop, "4.00")
        await tell(shop, fake)
        session = (await shop.payment()).provider_id
        for status in ("needs_response", "won"):
            fake.dispute(session, status, amount=500)
            await tell(shop, fake)

        payment = await shop.payment()
        assert (payment.state, payment.refunded) == ("partially_refunded", Decimal(4))
