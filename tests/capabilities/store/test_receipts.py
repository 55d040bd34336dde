"""Receipts: for paid orders of the contact's own, made outside of turns, given as documents."""

from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

import sokoni.locales
from sokoni.bootstrap import capabilities
from sokoni.capabilities.store.flows.receipt import ReceiptFlow, ReceiptForm, hand_out
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.receipts import RECEIPT, make_receipt
from sokoni.capabilities.store.service.calling_off import CallingOff
from sokoni.capabilities.store.service.orders import MoneyNews, PaymentMove
from sokoni.dialogue.everything import Everything
from sokoni.dialogue.flow import no_links
from sokoni.dialogue.making import Handed, Making
from sokoni.dialogue.wording import Wording
from sokoni.kit.ids import ContactId, new_id
from sokoni.language.catalogues import Catalogues
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.messaging.events import Answer
from tests.capabilities.store.shopping import (
    ANN,
    BEN,
    MONDAY,
    SHOP,
    VAULT,
    context_of,
    orders,
    placed,
    profile,
    stocked,
)

CATALOGUES: Final = Catalogues(Path(sokoni.locales.__file__).parent)


def making(session: AsyncSession, who: ContactId = ANN, language: str = "en") -> Making:
    merchant = profile()
    return Making(
        session=session,
        vault=VAULT,
        merchant=merchant,
        now=MONDAY,
        wording=Wording(CATALOGUES, merchant.zone),
        contact_id=who,
        language=language,
        everything=Everything(
            vault=VAULT, merchant_id=merchant.id, exports={}, file_url=no_links, now=MONDAY
        ),
    )


async def paid(session: AsyncSession) -> Order:
    order = await placed(session, await stocked(session), 2, address="12 Market Street")
    news = MoneyNews(move=PaymentMove.PAID, amount=Decimal(9), currency="USD")
    return await orders(session).payment(order.id, news)


async def test_a_paid_order_has_a_receipt_that_is_always_the_same(session: AsyncSession) -> None:
    order = await paid(session)

    first = await make_receipt(making(session), {"order": str(order.id)})
    again = await make_receipt(making(session), {"order": str(order.id)})

    assert first is not None
    assert first.content.startswith(b"%PDF-")
    assert first == again
    shona = await make_receipt(making(session, language="sn"), {"order": str(order.id)})
    assert shona != first


async def test_nobody_has_a_receipt_of_what_is_not_paid_or_not_theirs(
    session: AsyncSession,
) -> None:
    mine = await paid(session)
    unpaid = await placed(session, await stocked(session))

    assert await make_receipt(making(session, BEN), {"order": str(mine.id)}) is None
    assert await make_receipt(making(session), {"order": str(unpaid.id)}) is None
    assert await make_receipt(making(session), {"order": str(new_id())}) is None


async def test_a_receipt_is_of_what_comes(session: AsyncSession) -> None:
    order = await paid(session)
    (item,) = await orders(session).items(order.id)
    whole = await make_receipt(making(session), {"order": str(order.id)})
    await CallingOff(session, SHOP, MONDAY, "rudo").call_off(order, {item.sku: 1})

    less = await make_receipt(making(session), {"order": str(order.id)})

    assert less is not None
    assert less != whole


async def test_the_chat_asks_for_it_and_gives_it_out(session: AsyncSession) -> None:
    order, context = await paid(session), context_of(session)

    said = await ReceiptFlow(context).complete(ReceiptForm(order=order.reference))
    assert said.prompt is not None
    assert said.prompt.key == "store.receipt.comes"
    (asked,) = context.asks
    assert asked.kind == RECEIPT

    context.file_url = lambda file: f"https://files.example/{file.id}"
    file = FileRef(MediaId(asked.request_id), "application/pdf")
    data = msgspec.json.encode(Handed(file=file, what={"reference": order.reference}))
    answer = Answer(
        kind=RECEIPT, request_id=str(asked.request_id), outcome="done", data=msgspec.Raw(data)
    )
    given = await hand_out(context, answer)
    assert given is not None
    assert (given.document_name, given.document_url) == (
        f"{order.reference}.pdf",
        f"https://files.example/{asked.request_id}",
    )
    failed = Answer(kind=RECEIPT, request_id="", outcome="failed")
    sorry = await hand_out(context, failed)
    assert sorry is not None
    assert sorry.key == "store.receipt.failed"


async def test_what_is_not_paid_is_said_to_be_so(session: AsyncSession) -> None:
    order, context = await placed(session, await stocked(session)), context_of(session)

    said = await ReceiptFlow(context).complete(ReceiptForm(order=order.reference))

    assert said.prompt is not None
    assert said.prompt.key == "store.receipt.unpaid"
    assert context.asks == []


@pytest.mark.parametrize("kind", [RECEIPT])
def test_what_is_made_has_somebody_who_gives_it_out(kind: str) -> None:
    store = capabilities()["store"]

    assert kind in store.makes
    assert kind in store.answers
