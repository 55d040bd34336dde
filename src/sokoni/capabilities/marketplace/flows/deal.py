"""Asking both sides whether they made a deal: only what both say is one."""

from datetime import timedelta
from typing import Annotated, ClassVar, Final
from uuid import UUID

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.asking_pay import with_asking
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.pay_asked import drop_deal
from sokoni.capabilities.marketplace.models import (
    Introduction,
    IntroductionId,
    IntroductionState,
)
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.settings import NAME
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.kit.ids import ContactId
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded
from sokoni.reviews.deals import DealGoneError, NewDeal
from sokoni.reviews.models import Deal, DealId, DealState, Said

ASK: Final = "marketplace.deal"
ASK_AGAIN: Final = "marketplace.deal_again"
_MOST_BUYERS: Final = 8
_GONE: Final = Prompt("marketplace.deal.gone")


class DealForm(Form):
    """Say whether something was bought, or sold."""

    deal: Annotated[UUID, Slot(early=False, editable=False)]
    said: Annotated[str, Slot(early=False, editable=False)]
    """yes, no, or "" for not yet."""


class DealFlow(AtOnceFlow):
    """Takes one side's answer; the second yes makes the deal."""

    name: ClassVar[str] = "marketplace.deal"
    form: ClassVar[type[DealForm]] = DealForm

    async def complete(self, form: DealForm) -> Outcome:
        desk, deal_id = self._desk, DealId(form.deal)
        deal = await desk.deals.find(deal_id, desk.me)
        if deal is None or not desk.deals.is_open(deal):
            return Outcome(_GONE) if deal is None else await agreed(desk, deal)
        if form.said not in {Said.YES, Said.NO}:
            _ask_again(desk, deal)
            return Outcome(Prompt("marketplace.deal.not_yet"))
        return await answered(desk, deal, Said(form.said))


class SoldToForm(Form):
    """Say who bought what was sold."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]


class SoldToFlow(AtOnceFlow):
    """The seller says who bought it; the buyer is asked whether that is so."""

    name: ClassVar[str] = "marketplace.sold_to"
    form: ClassVar[type[SoldToForm]] = SoldToForm

    async def complete(self, form: SoldToForm) -> Outcome:
        meeting = await self._desk.introductions.find(IntroductionId(form.introduction))
        if meeting is None or meeting.introduction.seller_id != self._desk.me:
            return Outcome(_GONE)
        deal, asked = await _opened(self._desk, meeting)
        if not self._desk.deals.is_open(deal):
            return await agreed(self._desk, deal)
        if not asked:
            await _tell_customer(self._desk, deal)
        return await answered(self._desk, deal, Said.YES)


class SoldElsewhereForm(Form):
    """Say that somebody else bought it."""


class SoldElsewhereFlow(AtOnceFlow):
    """Nobody whom we know bought it."""

    name: ClassVar[str] = "marketplace.sold_elsewhere"
    form: ClassVar[type[SoldElsewhereForm]] = SoldElsewhereForm

    async def complete(self, form: SoldElsewhereForm) -> Outcome:  # noqa: ARG002
        return Outcome(Prompt("marketplace.sold_elsewhere.done"))


async def answered(desk: Desk, deal: Deal, said: Said) -> Outcome:
    """Record what I say, and tell the other where that makes the deal."""
    try:
        deal = await desk.deals.answer(deal.id, desk.me, said)
    except DealGoneError:
        return Outcome(_GONE)
    if said is Said.NO:
        await drop_deal(desk, deal.subject)
        return Outcome(Prompt("marketplace.deal.no"))
    other, name = await _other(desk, deal)
    if deal.state != DealState.AGREED:
        return Outcome(Prompt("marketplace.deal.waiting", {"other": name}))
    told: Params = {"other": _named(desk.my_name, customer=other != deal.customer_id)}
    once = f"agreed:{deal.id.hex}"
    prompt = Prompt(
        "marketplace.deal.agreed.told", {**told, "thing": deal.thing}, (_rating(deal),)
    )
    desk.tell(other, _for_side(desk, deal, other, prompt), once=once, purpose=Purpose.NOTICE)
    return await agreed(desk, deal)


async def agreed(desk: Desk, deal: Deal) -> Outcome:
    """Say that both said yes, and ask for a rating."""
    if deal.state != DealState.AGREED:
        return Outcome(_GONE)
    _, name = await _other(desk, deal)
    told: Params = {"other": name, "thing": deal.thing}
    if await desk.ratings.mine(deal.id, desk.me) is not None:
        again = Prompt("marketplace.deal.agreed", told, (_rating(deal),))
        return Outcome(_for_side(desk, deal, desk.me, again))
    rate = start("rate", {"deal": str(deal.id)})
    return Outcome(Prompt("marketplace.deal.agreed", told), then=rate)


def _for_side(desk: Desk, deal: Deal, side: ContactId, prompt: Prompt) -> Prompt:
    """Return what a side is told of a deal: who sold may ask for the money."""
    if side != deal.provider_id:
        return prompt
    return with_asking(desk, UUID(deal.subject), prompt)


def _rating(deal: Deal) -> Choice:
    command = start("rate", {"deal": str(deal.id)})
    return Choice("rate", Worded("marketplace.choice.rate"), command=command, means="yes")


def ask_later(desk: Desk, introduction: Introduction) -> None:
    """Have both asked, some time after they were brought together."""
    desk.context.later(
        Timer(name=ASK, data={"introduction": str(introduction.id)}),
        once=f"deal:{introduction.id.hex}",
        delay_seconds=desk.settings.deal_hours * 3600,
    )


async def ask(context: TurnContext, timer: Timer) -> Prompt | None:
    """Ask buyer and seller, whose timer it is, unless one of them spoke of it before."""
    desk = Desk(context)
    meeting = await desk.introductions.find(IntroductionId(UUID(timer.data["introduction"])))
    if meeting is None or meeting.introduction.seller_id != desk.me:
        return None
    if meeting.introduction.state != IntroductionState.ACCEPTED:
        return None
    deal, asked = await _opened(desk, meeting)
    if asked:
        return None
    await _tell_customer(desk, deal)
    return await _question(desk, deal)


async def ask_again(context: TurnContext, timer: Timer) -> Prompt | None:
    """Ask who said "not yet", while the deal can still be made."""
    desk = Desk(context)
    deal = await desk.deals.find(DealId(UUID(timer.data["deal"])), desk.me)
    if deal is None or not desk.deals.is_open(deal):
        return None
    said = deal.provider_said if deal.provider_id == desk.me else deal.customer_said
    return None if said else await _question(desk, deal)


def _ask_again(desk: Desk, deal: Deal) -> None:
    hours = desk.settings.deal_hours
    if desk.context.now + timedelta(hours=hours) < deal.expires_at:
        desk.context.later(
            Timer(name=ASK_AGAIN, data={"deal": str(deal.id)}),
            once=f"deal_again:{deal.id.hex}:{desk.context.now:%Y%m%d%H}",
            delay_seconds=hours * 3600,
        )


async def who_bought(desk: Desk, offer: Offer) -> tuple[Choice, ...]:
    """Return the buyers whom the seller of a listing met over it, and "somebody else"."""
    met = await desk.introductions.accepted(offer.id, limit=_MOST_BUYERS)
    names = await desk.directory.names_of(one.buyer_id for one in met)
    buyers = tuple(
        Choice(
            one.id.hex,
            buyer_named(names.get(one.buyer_id, "")),
            command=start("sold_to", {"introduction": str(one.id)}),
        )
        for one in met
    )
    label = Worded("marketplace.choice.somebody_else")
    return (*buyers, Choice("else", label, command=start("sold_elsewhere"))) if buyers else ()


async def _opened(desk: Desk, meeting: Meeting) -> tuple[Deal, bool]:
    """Return the deal of two who met, and whether they were asked about it before."""
    introduction = meeting.introduction
    before = await desk.deals.of(NAME, introduction.id.hex)
    asked = before is not None and (desk.deals.is_open(before) or before.state == DealState.AGREED)
    new = NewDeal(
        capability=NAME,
        subject=introduction.id.hex,
        thing=meeting.thing,
        provider_id=introduction.seller_id,
        customer_id=introduction.buyer_id,
    )
    return await desk.deals.open(new, days=desk.settings.deal_days), asked


async def _tell_customer(desk: Desk, deal: Deal) -> None:
    desk.tell(
        deal.customer_id,
        _asking(deal, seller_named(desk.my_name), customer=True),
        once=f"deal:{deal.id.hex}:{deal.expires_at:%Y%m%d%H}",
        purpose=Purpose.NOTICE,
    )


async def _question(desk: Desk, deal: Deal) -> Prompt:
    """Ask me about it."""
    _, name = await _other(desk, deal)
    return _asking(deal, name, customer=deal.customer_id == desk.me)


def _asking(deal: Deal, other: str | Worded, *, customer: bool) -> Prompt:
    key = "marketplace.deal.ask_buyer" if customer else "marketplace.deal.ask_seller"
    yes = "marketplace.choice.bought" if customer else "marketplace.choice.was_sold"
    return Prompt(
        key,
        {"thing": deal.thing, "other": other},
        (
            _choice(yes, deal, Said.YES, means="yes"),
            _choice("marketplace.choice.not_yet", deal, Said.NOTHING),
            _choice("marketplace.choice.no_deal", deal, Said.NO, means="no"),
        ),
    )


def _choice(label: str, deal: Deal, said: Said, means: str = "") -> Choice:
    """Return an answer; templates know it by the last part of its label's key."""
    command = start("deal", {"deal": str(deal.id), "said": said})
    return Choice(label.rpartition(".")[2], Worded(label), command=command, means=means)


async def _other(desk: Desk, deal: Deal) -> tuple[ContactId, str | Worded]:
    """Return who I deal with, and what they are called."""
    other = deal.provider_id if deal.customer_id == desk.me else deal.customer_id
    name = await desk.directory.name_of(other)
    return other, _named(name, customer=other == deal.customer_id)


def _named(name: str, *, customer: bool) -> str | Worded:
    return buyer_named(name) if customer else seller_named(name)
