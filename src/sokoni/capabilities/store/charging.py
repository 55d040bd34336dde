"""Asks contacts for what their orders cost."""

from collections.abc import Sequence

from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.checkout import Quote
from sokoni.capabilities.store.service.dues import wanted
from sokoni.capabilities.store.service.orders import SUBJECT
from sokoni.dialogue import paying
from sokoni.dialogue.flow import TurnContext
from sokoni.kit.money import Money


def gateways_of(context: TurnContext) -> Sequence[str]:
    """Return all that the merchant takes money by, the default first."""
    return [one.name for one in context.gateways.of(context.merchant.id)]


def is_by_hand(context: TurnContext, gateway: str) -> bool:
    live = context.gateways.find(context.merchant.id, gateway)
    return live is not None and live.can.by_hand


async def ways_to_pay(context: TurnContext, quote: Quote | None) -> Sequence[str]:
    """Return those of them by which the contact may pay so much."""
    if quote is None or not quote.sums.total:
        return gateways_of(context)
    money = quote.sums.money(quote.sums.total)
    return [one.name for one in await paying.ways(context, money)]


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
