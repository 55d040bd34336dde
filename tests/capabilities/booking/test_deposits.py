"""Bookings that ask for money first: asked on yes, told to both when paid, given back when off."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import msgspec
import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import kinds
from sokoni.config import Settings
from sokoni.demo.merchants import FOLDER
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.payments.gateways import known_of
from sokoni.payments.models import Payment
from sokoni.payments.sandbox.gateway import SandboxGateway
from sokoni.payments.states import PaymentState
from sokoni.reviews.models import Report
from sokoni.testing.asgi import Answer, AsgiClient
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words

TENDAI: Final = "+263777530322"
SEAGATE: Final = "+263718275163"
MORNING: Final = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- the script's local time
REQUEST: Final = (
    "I need a plumber in Harare",
    "Seagate Plumbers",
    "My bathroom sink is blocked",
    "Tomorrow at 3pm",
)


@asynccontextmanager
async def desk(kind: str = "deposit") -> AsyncIterator[Server]:
    """Open the demo desk where Tendai asked Seagate to come, and a deposit is due."""
    settings = Settings(database_url="sqlite+aiosqlite:///sokoni.db")
    async with server(settings, ChannelName.SIMULATOR, "hustlr", MORNING) as opened:
        said = yaml.safe_load((FOLDER / "hustlr.yaml").read_text("utf-8"))
        said["capabilities"]["booking"]["deposit"] = {"amount": "5.00", "kind": kind}
        said["payments"] = [{"gateway": "sandbox"}]
        file = read_merchant_file(yaml.safe_dump(said), kinds(production=False), {})
        async with AsyncSession(opened.app.engine) as session, session.begin():
            await apply_merchant_file(session, opened.app.vault, opened.app.clock, file)
        await opened.app.refresh()
        yield opened


async def say(shop: Server, who: str, *lines: str) -> str:
    """Write line by line; return what was said to them last."""
    for line in lines:
        before = len(await shop.sent_to(who))
        await shop.write(who, Words(line))
        await shop.settle()
    return " ".join(one.text for one in (await shop.sent_to(who))[before:])


async def heard(shop: Server, who: str) -> str:
    return (await shop.sent_to(who))[-1].text


async def payments(shop: Server) -> Sequence[Payment]:
    async with AsyncSession(shop.app.engine) as session:
        return (await session.scalars(select(Payment).order_by(Payment.id))).all()


async def paid(shop: Server) -> Payment:
    """Have Tendai ask, Seagate accept, and Tendai pay."""
    await say(shop, TENDAI, *REQUEST, "yes")
    await say(shop, SEAGATE, "accept")
    (payment,) = await payments(shop)
    await press(shop, payment, "pay")
    return payment


async def press(shop: Server, payment: Payment, choice: str) -> None:
    path = f"/payments/sandbox/pay/{payment.token}"
    await shop.web.request("POST", path, body=f"choice={choice}".encode())
    await shop.settle()


@pytest.mark.parametrize(
    ("kind", "called"), [("deposit", "Deposit"), ("call_out_fee", "Call-out")]
)
async def test_it_is_shown_first_asked_on_yes_and_told_to_both_when_paid(
    kind: str, called: str
) -> None:
    async with desk(kind) as shop:
        summary = await say(shop, TENDAI, *REQUEST)
        await say(shop, TENDAI, "yes")
        accepted = await say(shop, SEAGATE, "accept")
        confirmed = await heard(shop, TENDAI)
        (payment,) = await payments(shop)

        assert called in summary
        assert "$5.00, when Seagate Plumbers says yes" in summary
        assert "To pay" not in accepted
        assert "Confirmed" in confirmed
        assert "To pay: $5.00" in confirmed
        assert "/payments/sandbox/pay/" in confirmed
        assert payment.money.amount == 5

        await press(shop, payment, "pay")

        assert "is paid: Seagate Plumbers comes" in await heard(shop, TENDAI)
        assert "paid $5.00" in await heard(shop, SEAGATE)


async def test_when_the_provider_calls_it_off_it_is_given_back() -> None:
    async with desk() as shop:
        await paid(shop)

        await say(shop, SEAGATE, "cancel my booking", "skip", "yes")

        (payment,) = await payments(shop)
        assert payment.state == PaymentState.REFUNDED
        assert "$5.00" in await heard(shop, TENDAI)
        assert "on its way back" in await heard(shop, TENDAI)


@pytest.mark.parametrize(("hours", "state"), [(1, PaymentState.REFUNDED), (20, PaymentState.PAID)])
async def test_when_the_customer_calls_it_off_it_depends_on_when(
    hours: int, state: PaymentState
) -> None:
    async with desk() as shop:
        await paid(shop)
        await shop.wait(timedelta(hours=hours))

        said = await say(shop, TENDAI, "cancel my booking", "skip", "yes")

        (payment,) = await payments(shop)
        assert payment.state == state
        assert ("not given back" in said) is (state == PaymentState.PAID)


async def test_money_for_a_booking_that_is_off_is_for_staff() -> None:
    async with desk() as shop:
        await say(shop, TENDAI, *REQUEST, "yes")
        await say(shop, SEAGATE, "accept")
        await say(shop, TENDAI, "cancel my booking", "skip", "yes")
        (payment,) = await payments(shop)
        assert payment.state == PaymentState.CANCELLED

        token = payment.token
        gateway = shop.app.gateways.of(shop.profile.id)[0].gateway
        assert isinstance(gateway, SandboxGateway)
        body, headers = gateway.chosen(known_of(payment), "pay")
        path = f"/payments/sandbox/callback/{token}"
        await shop.web.request("POST", path, body=body, headers=headers)
        await shop.settle()

        (payment,) = await payments(shop)
        assert (payment.state, payment.review) == (PaymentState.CANCELLED, "cancelled")
        async with AsyncSession(shop.app.engine) as session:
            assert await session.scalar(select(Report.reason)) == "cancelled"


async def program(shop: Server) -> AsgiClient:
    async with AsyncSession(shop.app.engine) as session, session.begin():
        key = await ApiKeys(session, shop.clock).issue(shop.profile.id, "desk", ["admin"])
    return AsgiClient(shop.web._app, {"authorization": f"Bearer {key}"})


async def test_it_is_asked_for_in_the_chat_when_a_program_confirms_for_the_provider() -> None:
    async with desk() as shop:
        await say(shop, TENDAI, *REQUEST, "yes")
        client = await program(shop)
        (booking,) = (await client.get("/api/v1/bookings")).json()["items"]

        moved = await put(client, booking["reference"], {"status": "confirmed"})
        await shop.settle()

        assert (moved.status, moved.json()["status"]) == (200, "confirmed")
        confirmed = await heard(shop, TENDAI)
        assert "Confirmed" in confirmed
        assert "To pay: $5.00" in confirmed
        assert "/payments/sandbox/pay/" in confirmed
        (payment,) = await payments(shop)
        await press(shop, payment, "pay")
        assert "is paid: Seagate Plumbers comes" in await heard(shop, TENDAI)
        assert "paid $5.00" in await heard(shop, SEAGATE)


async def test_it_is_asked_for_in_the_chat_when_a_program_agrees_for_the_customer() -> None:
    async with desk() as shop:
        await say(shop, TENDAI, *REQUEST, "yes")
        await say(shop, SEAGATE, "4pm")
        client = await program(shop)
        (booking,) = (await client.get("/api/v1/bookings")).json()["items"]

        moved = await put(client, booking["reference"], {"status": "confirmed", "by": "user"})
        await shop.settle()

        assert moved.json()["status"] == "confirmed"
        assert "To pay: $5.00" in await heard(shop, TENDAI)
        assert len(await payments(shop)) == 1


async def test_it_is_given_back_when_a_program_calls_it_off_for_the_provider() -> None:
    async with desk() as shop:
        await paid(shop)
        client = await program(shop)
        (booking,) = (await client.get("/api/v1/bookings")).json()["items"]

        off = await put(
            client,
            booking["reference"],
            {"status": "cancelled", "by": "provider", "reason": "ill"},
        )
        await shop.settle()

        assert off.status == 200
        (payment,) = await payments(shop)
        assert payment.state == PaymentState.REFUNDED
        said = " ".join(one.text for one in await shop.sent_to(TENDAI))
        assert "on its way back" in said


async def test_who_never_wrote_is_told_by_templates_with_the_link() -> None:
    async with desk() as shop:
        client = await program(shop)
        said = {
            "user_number": "+263777530399",
            "provider_number": SEAGATE,
            "service_type": "plumber",
            "location": "12 Main Street, Mufakose, Harare",
            "date_time": "2026-03-03T15:00:00+02:00",
            "issue": "Sink blocked",
        }
        booking = (await client.post("/api/v1/bookings", said)).json()
        await put(client, booking["reference"], {"status": "confirmed"})
        await shop.settle()

        confirmed = await heard(shop, "+263777530399")
        assert "Confirmed" in confirmed
        assert "Deposit: $5.00" in confirmed
        assert "/payments/sandbox/pay/" in confirmed
        (payment,) = await payments(shop)
        await press(shop, payment, "pay")
        assert "is paid: Seagate Plumbers comes" in await heard(shop, "+263777530399")
        assert "paid $5.00" in await heard(shop, SEAGATE)


async def put(client: AsgiClient, reference: str, said: object) -> Answer:
    kind = {"content-type": "application/json"}
    path = f"/api/v1/bookings/{reference}/status"
    return await client.request("PUT", path, body=msgspec.json.encode(said), headers=kind)
