"""Staff see orders, and send, cancel and take them back, from the command line."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import Variant
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.checkout import Wish
from sokoni.capabilities.store.service.orders import Orders
from sokoni.capabilities.store.service.placing import NewOrder
from sokoni.cli.parts import opened
from sokoni.contacts.register import contact_of_phone
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, PhoneNumber
from sokoni.merchants.directory import MerchantDirectory
from sokoni.web.parts import session_on
from tests.cli.conftest import Demo, Run


@pytest.fixture
def reference(demo: Demo) -> str:
    """Order two of something in the demo shop, to be paid in cash."""
    demo("corner-shop")
    return asyncio.run(_ordered())


async def _ordered() -> str:
    async with opened() as parts:
        merchant = await MerchantDirectory(parts.engine, parts.clock).find("corner-shop")
        assert merchant is not None
        now = parts.clock()
        async with writing(parts.engine) as connection, session_on(connection) as session:
            phone = PhoneNumber("+14155550101")
            who = await contact_of_phone(connection, parts.vault, merchant.id, phone, now)
            await _fill(session, Carts(session, merchant.id, now, merchant.currency), who)
            new = NewOrder(
                contact_id=who,
                conversation_id=None,
                language="en",
                wish=Wish(gateway="cod"),
                address="12 Market Street",
                prepaid=False,
            )
            return (await Orders(session, parts.vault, merchant, now).place(new)).reference


async def _fill(session: AsyncSession, carts: Carts, who: ContactId) -> None:
    enough = select(Variant.id).where(Variant.on_hand > 5).order_by(Variant.sku).limit(1)
    variant_id = (await session.scalars(enough)).one()
    await carts.add(who, variant_id, 2)


def test_an_order_is_listed_shown_sent_and_delivered(run: Run, reference: str) -> None:
    listed = run("order", "list", "corner-shop").out
    assert f"{reference}, " in listed
    assert "placed, cod" in listed
    assert "There is no such order." in run("order", "list", "corner-shop", "--status", "paid").out
    assert "12 Market Street" in run("order", "show", "corner-shop", reference.lower()).out

    sent = run(
        "order", "fulfil", "corner-shop", reference, "--tracking", "ZM-12", "--by", "Nyasha"
    )
    assert (sent.code, sent.out.strip()) == (0, f"{reference} is fulfilled and cod.")
    assert run("order", "deliver", "corner-shop", reference).code == 0
    back = run("order", "return", "corner-shop", reference, "--spoilt")
    assert f"{reference} is returned and cod." in back.out
    shown = run("order", "show", "corner-shop", reference).out
    assert "fulfil by staff Nyasha: fulfilled, cod" in shown
    assert "tracking ZM-12" in shown


def test_what_is_not_possible_is_said_so(run: Run, reference: str) -> None:
    refused = run("order", "deliver", "corner-shop", reference)
    assert refused.code != 0
    assert f"{reference} is placed and cod: not possible." in refused.err
    assert "There is no order ORD-NONE." in run("order", "show", "corner-shop", "ORD-NONE").err
    many = run("order", "fulfil", "corner-shop", reference, "--item", "NONE=1")
    assert "Not so many are left" in many.err
    assert run("order", "fulfil", "corner-shop", reference, "--item", "what").code != 0
    assert run("order", "refund", "corner-shop", reference, "--amount", "much").code != 0


def test_an_order_is_cancelled_with_a_reason(run: Run, reference: str) -> None:
    noted = run("order", "note", "corner-shop", reference, "Call first")
    assert noted.code == 0
    off = run("order", "cancel", "corner-shop", reference, "--reason", "sold out")
    assert f"{reference} is cancelled and cod." in off.out
    assert "reason sold out" in run("order", "show", "corner-shop", reference).out


def test_staff_order_for_a_contact_and_change_it(run: Run, reference: str) -> None:
    shown = run("order", "show", "corner-shop", reference).out
    sku = shown.split("(")[1].split(")")[0]

    added = run(
        *("order", "add", "corner-shop", "+14155550102", "--item", f"{sku}=1"),
        *("--address", "5 Hill Road, Harare", "--pay", "sandbox", "--by", "Nyasha"),
    )
    assert "placed and unpaid." in added.out
    made = added.out.split()[0]
    changed = run("order", "amend", "corner-shop", made, "--note", "Ring twice")
    assert changed.code == 0
    assert "note: Ring twice" in run("order", "show", "corner-shop", made).out
    assert run("order", "amend", "corner-shop", made).code != 0

    assert f"{made} is paid and paid." in run("order", "paid", "corner-shop", made).out
    off = run("order", "cancel", "corner-shop", made, "--refund")
    assert f"{made} is cancelled and paid. To be given back:" in off.out
    assert "place by staff Nyasha: placed" in run("order", "show", "corner-shop", made).out


def test_what_cannot_be_ordered_is_said(run: Run, reference: str) -> None:
    assert reference
    none = run("order", "add", "corner-shop", "+14155550102", "--item", "NONE=1")
    assert "Not ordered: items.0: unknown." in none.err
    assert run("order", "add", "corner-shop", "+14155550102").code != 0


def test_the_rest_of_a_partly_sent_order_is_cancelled(run: Run, reference: str) -> None:
    shown = run("order", "show", "corner-shop", reference).out
    sku = shown.split("(")[1].split(")")[0]
    run("order", "fulfil", "corner-shop", reference, "--item", f"{sku}=1")

    off = run("order", "cancel", "corner-shop", reference, "--reason", "broken")

    assert f"{reference} is fulfilled and cod." in off.out
    shown = run("order", "show", "corner-shop", reference).out
    assert "1 sent, 1 called off" in shown
    assert "reason broken" in shown
