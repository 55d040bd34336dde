"""Asks contacts for what their orders cost."""

from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.dues import wanted
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.dialogue import paying
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.money import Money


async def asked(context: TurnContext, order: Order) -> paying.Paying | None:
    """Ask the contact of the turn for the money, None where there is no way to pay so much."""
    wish = paying.Wish(
        subject=SUBJECT,
        subject_id=order.id,
        reference=order.reference,
        money=Money(wanted(order), order.currency),
        gateway=order.gateway,
    )
    try:
        return await paying.pay(context, wish)
    except paying.NoGatewayError:
        return None
