"""Stripe by its own SDK, against a Stripe on loopback that has good days and bad."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import pytest
import stripe
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from stripe.params import RefundCreateParams
from stripe.params.checkout import SessionCreateParams

from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import new_id
from sokoni.kit.money import Money
from sokoni.messaging.models import EventKind, EventState
from sokoni.payments.base import (
    BadSignatureError,
    GatewayAwayError,
    GatewayRefusedError,
    GatewayUnknownError,
    Known,
    Order,
)
from sokoni.payments.states import PaymentState
from sokoni.payments.stripe.amounts import major, minor
from sokoni.payments.stripe.client import connected
from sokoni.payments.stripe.config import StripeConfig
from sokoni.payments.stripe.gateway import StripeGateway
from sokoni.payments.stripe.payloads import check_signature, events_in
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_stripe import FakeStripe, Told, fake_stripe
from sokoni.testing.stripe_answers import Trouble
from sokoni.testing.stripe_rules import REFUND, SESSION
from tests.conftest import THREE
from tests.payments.kiosk import Kiosk, Till, events, till

KEY: Final = "sk_test_loopback"
SECRET: Final = "whsec_loopback"
_FILE: Final = """
payments:
  - gateway: stripe
    secret_key: {key}
    webhook_secrets: [{secret}]
    base_url: {url}
    account: stripe-kiosk
"""
BODY: Final = b'{"id":"evt_1","object":"event","type":"checkout.session.completed"}'
SIGNED: Final = "t=1795219188,v1=a4c6d73f2553c997d49fb48179af0dcc3d3600ee38f1f155c6e95c3c730d137d"
THEN: Final = datetime.fromtimestamp(1795219188, UTC)


@asynccontextmanager
async def stripe_shop(
    database_url: str, kiosk: Kiosk | None = None
) -> AsyncIterator[tuple[Till, FakeStripe]]:
    clock = StoppedClock()
    async with fake_stripe(key=KEY, secret=SECRET, now=lambda: clock().timestamp()) as fake:
        file = _FILE.format(key=KEY, secret=SECRET, url=fake.url)
        async with till(database_url, file, kiosk=kiosk, clock=clock) as shop:
            yield shop, fake


async def post(shop: Till, told: Told, *, address: str = "stripe-kiosk") -> int:
    path = f"/payments/stripe/callback/{address}"
    answer = await shop.web.request("POST", path, body=told.body, headers=told.headers)
    return answer.status


async def tell_all(shop: Till, fake: FakeStripe) -> Sequence[int]:
    told, fake.webhooks = fake.webhooks, []
    return [await post(shop, one) for one in told]


def only_session(fake: FakeStripe) -> str:
    (session,) = fake.sessions
    return session


# --- from asking to having been paid ------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_link_follows_and_what_stripe_tells_is_told_in_the_chat(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        said = await shop.say("buy bread")
        payment = await shop.payment()

        assert "The link to pay follows here shortly" in said
        assert "To pay: $2.50 for BRD-0001." in said.splitlines()[-1]
        assert payment.provider_id == only_session(fake)
        assert payment.state == PaymentState.PENDING

        fake.pay(payment.provider_id)
        statuses = await tell_all(shop, fake)
        told = await shop.run()

        assert statuses == [200]
        assert "Your bread BRD-0001 is baked" in told
        assert (await shop.payment()).state == PaymentState.PAID


async def test_the_link_follows_by_itself_when_the_gateway_was_down(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        fake.trouble(Trouble.THROTTLED, Trouble.BROKEN, Trouble.CONFLICT)

        said = await shop.say("buy bread")
        later = await shop.wait(timedelta(minutes=5))

        assert "follows here shortly" in said
        assert "Pay now" in later or "To pay" in later
        assert len(fake.sessions) == 1
        assert (await shop.payment()).provider_id == only_session(fake)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("trouble", [Trouble.LOST, Trouble.BROKEN])
async def test_a_lost_answer_makes_no_second_session(
    engine: AsyncEngine, database_url: str, trouble: Trouble
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        fake.trouble(trouble)

        await shop.say("buy bread")
        await shop.wait(timedelta(minutes=1))

        keys = {
            one.headers["idempotency-key"] for one in fake.asked if one.path.endswith("/sessions")
        }
        assert len(fake.sessions) == 1
        assert len(keys) == 1
        assert (await shop.payment()).state == PaymentState.PENDING


async def test_a_refused_link_is_for_staff_and_nothing_is_paid(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        fake.trouble(Trouble.CARD)

        said = await shop.say("buy bread")

        assert "Somebody of us looks at it" in said
        assert (await shop.reports()) == [("payment", "no_link")]
        assert (await shop.payment()).state == PaymentState.CREATED


# --- what is told -----------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_duplicates_and_wrong_order_change_nothing(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        session = only_session(fake)
        fake.pay(session)
        (paid,) = fake.webhooks
        fake.tell("checkout.session.expired", {**fake.sessions[session], "status": "expired"})
        late = fake.webhooks[-1]

        statuses = [await post(shop, one) for one in (paid, late, paid, late, paid)]
        told = await shop.run()

        assert statuses == [200] * 5
        assert told.count("baked") == 1
        assert (await shop.payment()).state == PaymentState.PAID
        assert sorted(await shop.history()) == [
            ("webhook", "expired", "late"),
            ("webhook", "paid", "applied"),
        ]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"amount_total": 249}, "amount"),
        ({"amount_total": 251}, "amount"),
        ({"currency": "zar"}, "currency"),
        ({"client_reference_id": "BRD-9999"}, "reference"),
        ({"client_reference_id": None}, "reference"),
    ],
)
async def test_money_that_does_not_fit_is_for_staff_and_never_paid(
    engine: AsyncEngine, database_url: str, other: Mapping[str, object], why: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        fake.pay(only_session(fake), **other)

        await tell_all(shop, fake)
        told = await shop.run()
        payment = await shop.payment()

        assert "does not fit" in told
        assert (payment.state, payment.review) == (PaymentState.PENDING, why)
        assert await shop.reports() == [("payment", why)]


async def test_money_for_something_cancelled_is_for_staff(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        shop.kiosk.wanted = False
        fake.pay(only_session(fake))

        await tell_all(shop, fake)
        await shop.run()

        payment = await shop.payment()
        assert (payment.state, payment.review) == (PaymentState.PENDING, "cancelled")
        assert await shop.reports() == [("payment", "cancelled")]


async def test_bad_signatures_are_refused_and_nothing_is_kept(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        fake.pay(only_session(fake))
        (good,) = fake.webhooks
        before = await events(engine)

        forged = Told(good.body, fake.signed(good.body, "whsec_other"))
        flipped = Told(good.body.replace(b"250", b"251"), good.headers)
        rewritten = Told(json.dumps(json.loads(good.body)).encode(), good.headers)
        bare = Told(good.body, {})

        assert [await post(shop, one) for one in (forged, flipped, rewritten, bare)] == [401] * 4
        assert await post(shop, good, address="somebody") == 404
        assert await events(engine) == before


async def test_an_event_that_is_nobodys_is_kept_for_staff(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        session = dict(fake.sessions[only_session(fake)])
        session |= {
            "id": "cs_test_x",
            "metadata": {},
            "client_reference_id": "X",
            "status": "complete",
        }
        fake.tell("checkout.session.completed", session)

        statuses = await tell_all(shop, fake)

        assert statuses == [200]
        assert (EventKind.UNREADABLE, EventState.UNREADABLE) in await events(engine)
        assert (await shop.payment()).state == PaymentState.PENDING


async def test_the_gateway_is_asked_when_no_webhook_comes(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        fake.pay(only_session(fake))
        fake.webhooks.clear()

        early = await shop.wait(timedelta(seconds=50))
        told = await shop.wait(timedelta(seconds=20))

        assert "baked" not in early
        assert "baked" in told
        assert await shop.history() == [("check", "paid", "applied")]


async def test_gateways_are_asked_at_1_5_15_60_minutes_then_hourly_and_closed_at_the_end(
    engine: AsyncEngine, database_url: str
) -> None:
    async with stripe_shop(database_url) as (shop, fake):
        await shop.say("buy bread")
        fake.asked.clear()

        await shop.wait(timedelta(hours=3, minutes=30))
        asked = len([one for one in fake.asked if one.method == "GET"])
        told = await shop.wait(timedelta(hours=20))

        assert asked == 6
        assert fake.sessions[only_session(fake)]["status"] == "expired"
        assert (await shop.payment()).state == PaymentState.EXPIRED
        assert "is over" in told


# --- the SDK and the fake, held against each other ----------------------------------------------


def test_the_fake_knows_no_parameter_that_the_sdk_does_not() -> None:
    assert set(SessionCreateParams.__annotations__) >= SESSION
    assert set(RefundCreateParams.__annotations__) >= REFUND
    assert "payment_method_types" not in SESSION


async def test_the_sdk_reads_what_the_fake_answers() -> None:
    async with fake_stripe(key=KEY) as fake, ReqwestClient() as http:
        sdk = connected(KEY, fake.url, http).v1
        made = await StripeGateway(config(fake), http, now).link(order())
        read = await sdk.checkout.sessions.retrieve_async(made.provider_id)

        assert (read.object, read.status, read.payment_status) == (
            "checkout.session",
            "open",
            "unpaid",
        )
        assert (read.amount_total, read.currency, read.client_reference_id) == (250, "usd", "R-1")
        fake.pay(made.provider_id)
        event = connected(KEY, fake.url, http).construct_event(
            fake.webhooks[0].body, fake.webhooks[0].headers["stripe-signature"], SECRET
        )
        assert event.type == "checkout.session.completed"
        assert set(fake.sessions[made.provider_id]) <= set(_fields(stripe.checkout.Session))
        refunds = set(stripe.Refund.__annotations__)
        refunded = await StripeGateway(config(fake), http, now).refund(
            known(made.provider_id, fake), Money(Decimal("1.00"), "USD"), "late", "k"
        )
        assert set(fake.refunds[refunded.refund_id]) <= refunds


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.CARD, GatewayRefusedError),
        (Trouble.CONFLICT, GatewayUnknownError),
        (Trouble.THROTTLED, GatewayAwayError),
        (Trouble.BROKEN, GatewayUnknownError),
        (Trouble.LOST, GatewayUnknownError),
    ],
)
async def test_each_trouble_has_its_name(trouble: Trouble, error: type[Exception]) -> None:
    async with fake_stripe(key=KEY) as fake, ReqwestClient() as http:
        fake.trouble(trouble)

        with pytest.raises(error):
            await StripeGateway(config(fake), http, now).link(order())


async def test_nobody_there_means_never_sent_and_silence_means_unknown() -> None:
    async with fake_stripe(key=KEY) as fake, ReqwestClient() as http:
        fake.trouble(Trouble.SILENT)
        gateway = StripeGateway(config(fake), http, now)
        gateway._client = connected(KEY, fake.url, http, seconds=0.2)

        with pytest.raises(GatewayUnknownError):
            await gateway.link(order())

        away = StripeGateway(config(fake, url="http://127.0.0.1:9"), http, now)
        with pytest.raises(GatewayAwayError):
            await away.link(order())


async def test_other_parameters_under_the_same_key_are_refused() -> None:
    async with fake_stripe(key=KEY) as fake, ReqwestClient() as http:
        gateway = StripeGateway(config(fake), http, now)
        first = await gateway.link(order())

        assert await gateway.link(order()) == first
        with pytest.raises(GatewayRefusedError, match="Idempotency"):
            await gateway.link(order(Money(Decimal(3), "USD")))
        assert len(fake.sessions) == 1


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("2.50", "USD", 250),
        ("500", "JPY", 500),
        ("5.120", "KWD", 5120),
        ("700", "ISK", 70000),
        ("3500", "UGX", 350000),
        ("4000", "MGA", 4000),
    ],
)
def test_amounts_are_stripes_own_minor_units(amount: str, currency: str, units: int) -> None:
    money = Money(Decimal(amount), currency)

    assert minor(money) == units
    assert major(units, currency.lower()) == money.amount


async def test_what_stripe_cannot_take_is_not_offered() -> None:
    async with ReqwestClient() as http:
        can = StripeGateway(config(None, url="http://127.0.0.1:9"), http, now).capabilities()

    takes = {
        (text, currency): can.takes(Money(Decimal(text), currency))
        for text, currency in (
            ("0.49", "USD"),
            ("0.50", "USD"),
            ("5.124", "KWD"),
            ("5.120", "KWD"),
            ("9.99", "MGA"),
            ("10", "ZWG"),
        )
    }
    assert [one for one, yes in takes.items() if yes] == [("0.50", "USD"), ("5.120", "KWD")]


# --- signatures ---------------------------------------------------------------------------------


def test_the_vector_of_the_reference_is_accepted() -> None:
    check_signature(BODY, SIGNED, ["whsec_test"], THEN)
    check_signature(BODY, f"{SIGNED},v1=00", ["whsec_old", "whsec_test"], THEN)


@pytest.mark.parametrize(
    ("body", "header", "secret", "at"),
    [
        (BODY + b" ", SIGNED, "whsec_test", THEN),
        (BODY, SIGNED, "whsec_other", THEN),
        (BODY, SIGNED, "", THEN),
        (BODY, SIGNED, " ", THEN),
        (BODY, "", "whsec_test", THEN),
        (BODY, "t=1795219188", "whsec_test", THEN),
        (BODY, "t=x,v1=é", "whsec_test", THEN),
        (BODY, "t=1795219188,v1=é", "whsec_test", THEN),
        (BODY, "t=١٧٩٥٢١٩١٨٨,v1=00", "whsec_test", THEN),
        (BODY, SIGNED.replace("v1", "v0"), "whsec_test", THEN),
        (BODY, SIGNED, "whsec_test", THEN + timedelta(seconds=301)),
        (BODY, SIGNED, "whsec_test", THEN - timedelta(seconds=301)),
    ],
)
def test_any_other_signature_is_refused(
    body: bytes, header: str, secret: str, at: datetime
) -> None:
    with pytest.raises(BadSignatureError):
        check_signature(body, header, [secret], at)


def test_what_is_of_no_use_is_left_alone() -> None:
    body = b'{"id":"evt_1","type":"customer.created","data":{"object":{}}}'

    assert events_in(body) == []


now: Final = StoppedClock(datetime.now(UTC))


def config(fake: FakeStripe | None, *, url: str = "") -> StripeConfig:
    return StripeConfig(
        secret_key=SecretStr(KEY),
        webhook_secrets=(SecretStr(SECRET),),
        base_url=url or (fake.url if fake else ""),
    )


_PAYMENT: Final = new_id()


def order(money: Money | None = None) -> Order:
    return Order(
        payment_id=_PAYMENT,
        money=money or Money(Decimal("2.50"), "USD"),
        reference="R-1",
        description="The Kiosk R-1",
        idempotency_key="pay-1-cs-1",
        callback="http://127.0.0.1/c",
        back="http://127.0.0.1/b",
        expires_at=now() + timedelta(hours=20),
    )


def known(session: str, fake: FakeStripe) -> Known:
    return Known(
        payment_id=_PAYMENT,
        money=Money(Decimal("2.50"), "USD"),
        reference="R-1",
        provider_id=session,
        transaction=str(fake.sessions[session]["payment_intent"]),
        token="t",
    )


def _fields(kind: type) -> Mapping[str, object]:
    return kind.__annotations__
