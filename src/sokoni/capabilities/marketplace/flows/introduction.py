"""Bringing a buyer and a seller together, when both want it."""

from typing import Annotated, ClassVar, Final
from uuid import UUID

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.models import (
    Introduction,
    IntroductionId,
    IntroductionState,
)
from sokoni.capabilities.marketplace.service.introductions import IntroductionGoneError
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import seller_of, what_of
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.kit.ids import ContactId
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

UNANSWERED: Final = "marketplace.unanswered"
_GONE: Final = Prompt("marketplace.interest.gone")


class ContactForm(Form):
    """Ask to be brought together with the seller of a listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]


class ContactFlow(AtOnceFlow):
    """Asks the seller whether they want to be in touch with this buyer."""

    name: ClassVar[str] = "marketplace.contact"
    form: ClassVar[type[ContactForm]] = ContactForm

    async def complete(self, form: ContactForm) -> Outcome:
        offer = await self._desk.listings.find(form.listing)
        if offer is None or offer.contact_id == self._desk.me:
            return Outcome(Prompt("marketplace.listing.gone"))
        asked, new = await self._desk.introductions.ask(offer, self._desk.me)
        if new:
            self._ask_seller(offer, asked)
            self._desk.context.later(
                Timer(name=UNANSWERED, data={"introduction": str(asked.id)}),
                once=f"unanswered:{asked.id.hex}",
                delay_seconds=self._desk.settings.answer_hours * 3600,
            )
        seller = seller_of(self._desk.context.vault, offer)
        return Outcome(await self._answer(asked, seller, new=new))

    async def _answer(self, asked: Introduction, seller: str | Worded, *, new: bool) -> Prompt:
        if asked.state == IntroductionState.ACCEPTED:
            number = await _number(self._desk, asked.seller_id)
            return Prompt("marketplace.contact.met", {"seller": seller, "phone": number})
        if asked.state == IntroductionState.DECLINED:
            return Prompt("marketplace.contact.declined", {"seller": seller})
        key = "marketplace.contact.asked" if new else "marketplace.contact.asked_before"
        return Prompt(key, {"seller": seller})

    def _ask_seller(self, offer: Offer, asked: Introduction) -> None:
        known = {"introduction": str(asked.id)}
        prompt = Prompt(
            "marketplace.interest.told",
            {"buyer": _buyer(self._desk.my_name), "what": what_of(offer)},
            choices=(
                Choice(
                    "accept", Worded("marketplace.choice.accept"), command=start("accept", known)
                ),
                Choice(
                    "decline",
                    Worded("marketplace.choice.decline"),
                    command=start("decline", known),
                ),
            ),
        )
        once = f"interest:{asked.id.hex}"
        self._desk.tell(offer.contact_id, prompt, once=once, purpose=Purpose.NOTICE)


class AnswerForm(Form):
    """Answer a buyer who wants to be in touch."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]


class AcceptFlow(AtOnceFlow):
    """The seller wants it too: both get each other's number."""

    name: ClassVar[str] = "marketplace.accept"
    form: ClassVar[type[AnswerForm]] = AnswerForm

    async def complete(self, form: AnswerForm) -> Outcome:
        answered = await _answered(self._desk, form, IntroductionState.ACCEPTED)
        if answered is None:
            return Outcome(_GONE)
        introduction, thing = answered
        numbers = {
            "seller": await _number(self._desk, self._desk.me),
            "buyer": await _number(self._desk, introduction.buyer_id),
        }
        told: Params = {
            "thing": thing,
            "seller": self._desk.my_name or Worded("marketplace.seller.nameless"),
            "phone": numbers["seller"],
        }
        _tell_buyer(self._desk, introduction, Prompt("marketplace.interest.accepted", told))
        name = await self._desk.directory.name_of(introduction.buyer_id)
        met: Params = {"thing": thing, "buyer": _buyer(name), "phone": numbers["buyer"]}
        return Outcome(Prompt("marketplace.accept.done", met))


class DeclineFlow(AtOnceFlow):
    """The seller does not want it: no number is given."""

    name: ClassVar[str] = "marketplace.decline"
    form: ClassVar[type[AnswerForm]] = AnswerForm

    async def complete(self, form: AnswerForm) -> Outcome:
        answered = await _answered(self._desk, form, IntroductionState.DECLINED)
        if answered is None:
            return Outcome(_GONE)
        introduction, thing = answered
        told: Params = {
            "thing": thing,
            "seller": self._desk.my_name or Worded("marketplace.seller.nameless"),
        }
        _tell_buyer(self._desk, introduction, Prompt("marketplace.interest.declined", told))
        return Outcome(Prompt("marketplace.decline.done"))


async def unanswered(context: TurnContext, timer: Timer) -> Prompt | None:
    """Tell a buyer that the seller is silent: nobody should wait for nothing."""
    desk = Desk(context)
    found = await desk.introductions.find(IntroductionId(UUID(timer.data["introduction"])))
    if found is None or found[0].state != IntroductionState.ASKED or found[0].buyer_id != desk.me:
        return None
    name = await desk.directory.name_of(found[0].seller_id)
    seller = name or Worded("marketplace.seller.nameless")
    return Prompt("marketplace.contact.silent", {"seller": seller, "thing": found[1]})


async def _answered(
    desk: Desk, form: AnswerForm, state: IntroductionState
) -> tuple[Introduction, str] | None:
    """Record the seller's answer; None where it is not theirs to give, or not any more."""
    found = await desk.introductions.find(IntroductionId(form.introduction))
    if found is None:
        return None
    try:
        await desk.introductions.answer(desk.me, found[0].id, state)
    except IntroductionGoneError:
        return None
    return found


def _tell_buyer(desk: Desk, introduction: Introduction, prompt: Prompt) -> None:
    once = f"answer:{introduction.id.hex}"
    desk.tell(introduction.buyer_id, prompt, once=once, purpose=Purpose.NOTICE)


async def _number(desk: Desk, contact_id: ContactId) -> str | Worded:
    return await desk.directory.phone_of(contact_id) or Worded("marketplace.phone.unknown")


def _buyer(name: str) -> str | Worded:
    return name or Worded("marketplace.buyer.unnamed")
