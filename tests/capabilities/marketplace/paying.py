"""A whole market where sellers may ask buyers to pay through it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

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
from sokoni.reviews.models import Report
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.matching import labelled
from sokoni.testing.transcripts.playing import Picked
from sokoni.testing.transcripts.steps import Words

SELLER: Final = "+263771000091"
BUYER: Final = "+263772000092"
_MORNING: Final = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- the script's local time


@asynccontextmanager
async def market(
    spares: Spares, *, pay_through: bool = True, gateways: Sequence[str] = ("sandbox",)
) -> AsyncIterator[Server]:
    """Open the demo market where a seller of ten goats agreed to meet a buyer."""
    settings = Settings(database_url=spares.beside)
    async with server(
        settings, ChannelName.SIMULATOR, "gokwe-market", _MORNING, spares=spares
    ) as opened:
        said = yaml.safe_load((FOLDER / "gokwe-market.yaml").read_text("utf-8"))
        if pay_through:
            said["capabilities"]["marketplace"]["pay_through"] = True
        said["payments"] = [{"gateway": one} for one in gateways]
        file = read_merchant_file(yaml.safe_dump(said), kinds(production=False), {})
        async with AsyncSession(opened.app.engine) as session, session.begin():
            await apply_merchant_file(session, opened.app.vault, opened.app.clock, file)
        await opened.app.refresh()
        await say(opened, SELLER, "I want to join", "Simbarashe Moyo", "Gokwe")
        await say(opened, SELLER, "Selling 10 goats at $20 in Gokwe", "yes")
        await say(opened, BUYER, "Looking for goats", "[Simbarashe]", "[Ask the seller]")
        await say(opened, SELLER, "[Accept]")
        yield opened


async def say(at: Server, who: str, *lines: str) -> str:
    """Write line by line, "[Label]" taps; return what was said to them last."""
    said: list[str] = []
    for line in lines:
        before = len(await at.sent_to(who))
        await at.write(who, await _tapped(at, who, line) if line[0] == "[" else Words(line))
        await at.settle()
        said = [one.text for one in (await at.sent_to(who))[before:]]
    return " ".join(said)


async def _tapped(at: Server, who: str, line: str) -> Picked:
    """Tap the choice of the latest message that offers it."""
    for message in reversed(await at.sent_to(who)):
        found = labelled(message.choices, line.strip("[]"))
        if found:
            return Picked(found[0], message)
    raise AssertionError(line)


async def heard(at: Server, who: str) -> str:
    return (await at.sent_to(who))[-1].text


async def asked(at: Server, *, agreed: bool = True) -> None:
    """Have the seller ask for all of it, and the buyer say yes."""
    await say(at, SELLER, "ask for payment", "yes")
    if agreed:
        await say(at, BUYER, "yes")


async def payments(at: Server) -> Sequence[Payment]:
    async with AsyncSession(at.app.engine) as session:
        return (await session.scalars(select(Payment).order_by(Payment.id))).all()


async def reviewed(at: Server) -> list[str]:
    """Return why staff are to look at money."""
    async with AsyncSession(at.app.engine) as session:
        return list(await session.scalars(select(Report.reason).order_by(Report.id)))


async def press(at: Server, payment: Payment, choice: str) -> None:
    """Press a button of the sandbox's page."""
    path = f"/payments/sandbox/pay/{payment.token}"
    await at.web.request("POST", path, body=f"choice={choice}".encode())
    await at.settle()


async def money_comes(at: Server, payment: Payment) -> None:
    """Have the gateway say that it was paid, whatever became of it here meanwhile."""
    gateway = at.app.gateways.of(at.profile.id)[0].gateway
    assert isinstance(gateway, SandboxGateway)
    body, headers = gateway.chosen(known_of(payment), "pay")
    path = f"/payments/sandbox/callback/{payment.token}"
    await at.web.request("POST", path, body=body, headers=headers)
    await at.settle()


async def give_back(at: Server, payment: Payment, amount: str) -> None:
    """Have staff give so much of it back."""
    async with AsyncSession(at.app.engine) as session, session.begin():
        key = await ApiKeys(session, at.app.clock).issue(at.profile.id, "desk", ["payments"])
    desk = AsgiClient(at.web._app, {"authorization": f"Bearer {key}"})
    answer = await desk.post(f"/api/v1/payments/{payment.id}/refund", {"amount": amount})
    assert answer.status == 202
    await at.settle()
