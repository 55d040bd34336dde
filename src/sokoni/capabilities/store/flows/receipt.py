"""A receipt: asked for, made while the chat goes on, and given out as a document."""

from typing import ClassVar

from sokoni.capabilities.store.flows.orders import OrderFlow, OrderForm
from sokoni.capabilities.store.receipts import PAID, RECEIPT
from sokoni.capabilities.store.summary import actions
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.making import handed, make
from sokoni.messaging.events import Answer
from sokoni.messaging.prompts import Params, Prompt


class ReceiptForm(OrderForm):
    """Get the receipt of an order."""


class ReceiptFlow(OrderFlow):
    """Has the receipt of a paid order made; it follows by itself."""

    name: ClassVar[str] = "store.receipt"
    form: ClassVar[type[ReceiptForm]] = ReceiptForm

    async def complete(self, form: ReceiptForm) -> Outcome:
        order = await self.meant(form)
        if order is None:
            return Outcome(self.none(form))
        told: Params = {"reference": order.reference}
        if order.charge_status not in PAID:
            return Outcome(Prompt("store.receipt.unpaid", told, actions(self._desk, order)))
        context = self._desk.context
        what = {"order": str(order.id), "reference": order.reference}
        make(context, RECEIPT, what, once=f"receipt:{order.id.hex}:{context.now.isoformat()}")
        return Outcome(Prompt("store.receipt.comes", told))


async def hand_out(context: TurnContext, answer: Answer) -> Prompt | None:
    """Give out the receipt that was made, or say that it could not be."""
    found = handed(answer)
    if found is None:
        return Prompt("store.receipt.failed")
    reference = found.what["reference"]
    return Prompt(
        "store.receipt.here",
        {"reference": reference},
        document_url=context.file_url(found.file),
        document_name=f"{reference}.pdf",
    )
