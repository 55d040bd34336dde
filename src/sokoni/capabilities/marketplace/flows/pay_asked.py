"""Money that a seller asked a buyer for: whose it is, whether it still stands, and its end."""

from typing import Final
from uuid import UUID

from sokoni.capabilities.marketplace.desk import Desk
from sokoni.capabilities.marketplace.models import (
    Introduction,
    IntroductionId,
    IntroductionState,
    ListingId,
    ListingState,
    PayState,
)
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.capabilities.marketplace.service.pay_asks import OPEN, asked_of
from sokoni.capabilities.marketplace.settings import NAME
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.dialogue.paying import payments_of
from sokoni.kit.ids import ContactId
from sokoni.kit.money import Money
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Amount, Params, Prompt
from sokoni.payments.states import OPEN as PAYABLE
from sokoni.reviews.models import Said

SUBJECT: Final = "marketplace.deal"
NOT_ASKED: Final = Prompt("marketplace.pay.gone")
_TAKEN_DOWN: Final = (ListingState.WITHDRAWN, ListingState.HIDDEN)


async def mine(desk: Desk, introduction_id: UUID) -> Meeting | None:
    """Return an introduction that I, who sell, agreed to."""
    meeting = await desk.introductions.find(IntroductionId(introduction_id))
    return meeting if meeting is not None and meeting.introduction.seller_id == desk.me else None


async def stands(desk: Desk, meeting: Meeting) -> bool:
    """Tell whether the two may still deal through the market."""
    introduction = meeting.introduction
    if not desk.settings.pay_through or introduction.state != IntroductionState.ACCEPTED:
        return False
    if meeting.listed in _TAKEN_DOWN:
        return False
    deal = await desk.deals.of(NAME, introduction.id.hex)
    return deal is None or Said.NO not in {deal.provider_said, deal.customer_said}


async def drop(desk: Desk, meeting: Meeting) -> bool:
    """Want the money no more, in the seller's turn or the buyer's; the other is told."""
    introduction = meeting.introduction
    if not await desk.pay_asks.move(introduction, PayState.WITHDRAWN, of=OPEN):
        return False
    # The payer's own conversation closes the link: a cancelled payment is looked at soon.
    payments = payments_of(desk.context)
    for payment in await payments.of_subject(SUBJECT, introduction.id, states=PAYABLE):
        await payments.cancel(payment)
    selling = introduction.seller_id == desk.me
    other = introduction.buyer_id if selling else introduction.seller_id
    key = "marketplace.unask_pay.told" if selling else "marketplace.pay.declined.told"
    told = await told_of(desk, meeting, asked_of(introduction))
    tell(desk, introduction, other, Prompt(key, told))
    return True


async def drop_for(desk: Desk, listing_id: ListingId) -> None:
    """Want no money for a listing that was taken down."""
    if not desk.settings.pay_through:
        return
    for introduction_id in await desk.pay_asks.open_for(listing_id):
        meeting = await desk.introductions.find(introduction_id)
        if meeting is not None:
            await drop(desk, meeting)


async def drop_deal(desk: Desk, subject: str) -> None:
    """Want no money for a deal that one of the two says there is not."""
    if not desk.settings.pay_through:
        return
    meeting = await desk.introductions.find(IntroductionId(UUID(subject)))
    if meeting is not None:
        await drop(desk, meeting)


async def told_of(desk: Desk, meeting: Meeting, money: Money) -> Params:
    """Return what is said of money for a thing: who, how much, what for, who holds it."""
    introduction = meeting.introduction
    names = await desk.directory.names_of([introduction.seller_id, introduction.buyer_id])
    return {
        "amount": Amount.of(money),
        "thing": meeting.thing,
        "seller": seller_named(names.get(introduction.seller_id, "")),
        "buyer": buyer_named(names.get(introduction.buyer_id, "")),
        "market": desk.context.merchant.name,
    }


def tell(
    desk: Desk, introduction: Introduction, to: ContactId, prompt: Prompt, about: str = ""
) -> None:
    """Tell the other side, once for each time that money was asked for."""
    once = f"{prompt.key}:{about or introduction.id.hex}:{introduction.pay_round}"
    desk.tell(to, prompt, once=once, purpose=Purpose.NOTICE)
