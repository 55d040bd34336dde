"""Orders when things go wrong, played through the real server and its chat."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import Variant
from sokoni.capabilities.store.models.orders import Order
from sokoni.config import Settings
from sokoni.payments.models import Payment
from sokoni.reviews.models import Report, ReportKind
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones

MONDAY: Final = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 -- the merchant's own time
TARIRO: Final = "+14155550101"
SKU: Final = "COF-103"
STEPS: Final = ("add kopje instant coffee 100 g", "checkout", "12 Market Street", "yes")


@asynccontextmanager
async def shop(spares: Spares) -> AsyncIterator[Server]:
    settings = Settings(database_url=spares.beside)
    async with server(
        settings, ChannelName.SIMULATOR, "corner-shop", MONDAY, spares=spares
    ) as played:
        yield played


async def stock(played: Server, left: int) -> None:
    counting = update(Variant).where(Variant.sku == SKU).values(on_hand=left)
    async with AsyncSession(played.app.engine) as session, session.begin():
        await session.execute(counting)


async def all_say(played: Server, people: Sequence[str], line: str) -> None:
    for who in people:
        await played.write(who, Words(line))
    await played.settle()


async def says(played: Server, *lines: str, who: str = TARIRO) -> list[str]:
    """Write line by line; return what was said since."""
    before = len(await played.sent_to(who))
    for line in lines:
        await all_say(played, [who], line)
    return [one.text for one in await played.sent_to(who)][before:]


async def test_many_buy_the_last_ten_at_once_in_the_chat(spares: Spares) -> None:
    """Two hundred do in `test_orders`; that many chats take minutes."""
    async with shop(spares) as played:
        await stock(played, 10)
        people = [f"+2637710{number:05}" for number in range(40)]
        for line in STEPS:
            await all_say(played, people, line)

        said = [(await played.sent_to(who))[-1].text for who in people]
        placed = [text for text in said if "ORD-" in text]
        async with AsyncSession(played.app.engine) as session:
            orders = await session.scalar(select(func.count()).select_from(Order))
            row = (
                await session.execute(
                    select(Variant.on_hand, Variant.reserved).where(Variant.sku == SKU)
                )
            ).one()
        assert (len(placed), orders, tuple(row)) == (10, 10, (10, 10))
        others = [text for text in said if "ORD-" not in text]
        assert len(others) == 30
        assert all("sold out" in text.lower() for text in others), set(others)


async def test_words_that_agree_place_nothing_at_a_total_that_was_not_told(
    spares: Spares,
) -> None:
    async with shop(spares) as played:
        await says(played, *STEPS[:-1])
        dearer = update(Variant).where(Variant.sku == SKU).values(price=Decimal("9.90"))
        async with AsyncSession(played.app.engine) as session, session.begin():
            await session.execute(dearer)

        (told,) = await says(played, "ok place the order")
        assert "ORD-" not in told
        assert "$9.90" in told

        (placed,) = await says(played, "ok place the order")
        assert "ORD-" in placed


async def test_who_names_no_order_of_theirs_is_told_so(spares: Spares) -> None:
    async with shop(spares) as played:
        await says(played, *STEPS)

        for mistyped in ("ORD-7K3M2QX", "ord-12k45z9"):
            said = await says(played, f"where is my order {mistyped}?")
            assert mistyped.upper() in said[-1]
            assert "no order" in said[-1]


async def test_money_for_an_order_that_was_called_off_is_looked_at_by_staff(
    spares: Spares,
) -> None:
    async with shop(spares) as played:
        said = await says(played, *STEPS)
        link = re.search(r"https?://[^/]+(/\S+)", said[-1])
        assert link is not None
        await says(played, "cancel my order", "yes")

        form = {"content-type": "application/x-www-form-urlencoded"}
        await played.web.post(link[1], body=b"choice=pay", headers=form)
        await played.settle()

        async with AsyncSession(played.app.engine) as session:
            order = (await session.scalars(select(Order))).one()
            payment = (await session.scalars(select(Payment))).one()
            reports = (
                await session.scalars(select(Report).where(Report.kind == ReportKind.PAYMENT))
            ).all()
        assert (order.status, order.charge_status) == ("cancelled", "unpaid")
        assert payment.state != "paid"
        assert len(reports) <= 1


async def test_words_beside_an_order_from_the_catalogue_are_its_note(spares: Spares) -> None:
    settings = Settings(database_url=spares.beside)
    channel = ChannelName.WHATSAPP_CLOUD
    async with server(settings, channel, "corner-shop", MONDAY, spares=spares) as played:
        assert isinstance(played.phones, WhatsAppPhones)
        await played.phones.order(TARIRO, {SKU: 2}, "Please deliver before 5pm")
        await played.settle()

        taken = (await played.sent_to(TARIRO))[-1].text
        said = await says(played, "add 1 table salt", "cart", "checkout", "12 Market Street")
        placed = await says(played, "yes", "add 1 table salt", "checkout")

    assert "Note: Please deliver before 5pm" in taken
    assert "Note: Please deliver before 5pm" in said[-1]
    assert "ORD-" in placed[0]
    assert "before 5pm" not in placed[-1]
