"""Bringing a buyer and a seller together, when both want it."""

from typing import Annotated, ClassVar, Final
from uuid import UUID

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.asking_pay import with_asking
from sokoni.capabilities.marketplace.flows.deal import ask_later
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.meeting import (
    interest,
    listing_gone,
    look_for,
    met,
    tell_buyer,
)
from sokoni.capabilities.marketplace.flows.own import GONE
from sokoni.capabilities.marketplace.models import (
    Introduction,
    IntroductionId,
    IntroductionState,
)
from sokoni.capabilities.marketplace.service.introductions import (
    IntroductionGoneError,
    Meeting,
    question,
)
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import (
    buyer_named,
    seller_named,
    seller_of,
    what_of,
)
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.events import Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

UNANSWERED: Final = "marketplace.unanswered"
_ANSWERED: Final = Prompt("marketplace.interest.gone")


class ContactForm(Form):
    """Ask to be brought together with the seller of a listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]
    asked_number: Annotated[bool, Slot(early=False, editable=False)] = False
    """Whoever hides their number was asked for one, and may have skipped that."""


class ContactFlow(AtOnceFlow):
    """Asks the seller whether they want to be in touch with this buyer."""

    name: ClassVar[str] = "marketplace.contact"
    form: ClassVar[type[ContactForm]] = ContactForm

    async def complete(self, form: ContactForm) -> Outcome:
        offer = await self._desk.listings.find_for(self._desk.me, form.listing)
        if offer is None or offer.contact_id == self._desk.me:
            return Outcome(GONE)
        introductions = self._desk.introductions
        before = await introductions.of(offer, self._desk.me)
        if before is not None and before.state != IntroductionState.GONE:
            return Outcome(await self._asked_before(offer, before))
        if not form.asked_number and await needs_number(self._desk):
            return Outcome(then=start("number", {"listing": offer.reference}))
        if before is None:
            self._ask_seller(offer, await introductions.ask(offer, self._desk.me))
        else:
            self._ask_seller(offer, await introductions.ask_anew(before))
        return Outcome(Prompt("marketplace.contact.asked", self._words(offer)))

    async def _asked_before(self, offer: Offer, asked: Introduction) -> Prompt:
        if asked.state == IntroductionState.ACCEPTED:
            meeting = Meeting(asked, offer.thing, offer.reference, offer.state)
            return (await met(self._desk, meeting)).for_buyer()
        if asked.state == IntroductionState.DECLINED:
            again = (look_for(offer.thing, without=offer.reference),)
            return Prompt("marketplace.contact.declined", self._words(offer), again)
        return Prompt("marketplace.contact.asked_before", self._words(offer))

    def _words(self, offer: Offer) -> Params:
        return {"seller": seller_of(self._desk.context.vault, offer)}

    def _ask_seller(self, offer: Offer, asked: Introduction) -> None:
        prompt = interest(asked, buyer_named(self._desk.my_name), what_of(offer))
        asks = question(asked.id, asked.created_at)
        once = f"interest:{asks}"
        self._desk.tell(offer.contact_id, prompt, once=once, purpose=Purpose.NOTICE)
        self._desk.context.later(
            Timer(name=UNANSWERED, data={"introduction": str(asked.id), "question": asks}),
            once=f"unanswered:{asks}",
            delay_seconds=self._desk.settings.answer_hours * 3600,
        )


class AnswerForm(Form):
    """Answer a buyer who wants to be in touch."""

    introduction: Annotated[UUID, Slot(early=False, editable=False)]


class AcceptForm(AnswerForm):
    """Agree to be in touch with a buyer."""

    asked_number: Annotated[bool, Slot(early=False, editable=False)] = False


class AcceptFlow(AtOnceFlow):
    """The seller wants it too: both get each other's number."""

    name: ClassVar[str] = "marketplace.accept"
    form: ClassVar[type[AcceptForm]] = AcceptForm

    async def complete(self, form: AcceptForm) -> Outcome:
        meeting = await _mine(self._desk, form)
        if meeting is None:
            return Outcome(_ANSWERED)
        over = await self._over(meeting)
        if over is not None:
            return Outcome(over)
        introduction = meeting.introduction
        if not form.asked_number and await needs_number(self._desk):
            return Outcome(then=start("number", {"introduction": str(introduction.id)}))
        if not await _answer(self._desk, introduction, IntroductionState.ACCEPTED):
            return Outcome(_ANSWERED)
        both = await met(self._desk, meeting)
        tell_buyer(self._desk, introduction, both.for_buyer())
        ask_later(self._desk, introduction)
        return Outcome(with_asking(self._desk, introduction.id, both.for_seller()))

    async def _over(self, meeting: Meeting) -> Prompt | None:
        """Return why it cannot be accepted any more, None where it can."""
        introduction = meeting.introduction
        if introduction.state == IntroductionState.ACCEPTED:
            both = await met(self._desk, meeting)
            return with_asking(self._desk, introduction.id, both.for_seller())
        if introduction.state == IntroductionState.DECLINED:
            return _ANSWERED
        if not meeting.offered:
            return await self._too_late(meeting)
        if not await self._desk.directory.may_be_told(introduction.buyer_id):
            return Prompt("marketplace.accept.buyer_left", await self._words(meeting))
        return None

    async def _too_late(self, meeting: Meeting) -> Prompt:
        """Say to both that what the buyer wanted was taken down, and what each can do."""
        introduction, seller = meeting.introduction, seller_named(self._desk.my_name)
        if await self._desk.introductions.let_go(introduction.id):
            tell_buyer(self._desk, introduction, listing_gone(meeting.thing, seller))
        command = start("sell", {"thing": meeting.thing})
        again = Choice("sell", Worded("marketplace.choice.list_again"), command=command)
        return Prompt(
            "marketplace.accept.listing_gone",
            await self._words(meeting),
            () if meeting.hidden else (again,),
        )

    async def _words(self, meeting: Meeting) -> Params:
        name = await self._desk.directory.name_of(meeting.introduction.buyer_id)
        return {"thing": meeting.thing, "buyer": buyer_named(name)}


class DeclineFlow(AtOnceFlow):
    """The seller does not want it: no number is given."""

    name: ClassVar[str] = "marketplace.decline"
    form: ClassVar[type[AnswerForm]] = AnswerForm

    async def complete(self, form: AnswerForm) -> Outcome:
        meeting = await _mine(self._desk, form)
        if meeting is None:
            return Outcome(_ANSWERED)
        introduction = meeting.introduction
        if await _answer(self._desk, introduction, IntroductionState.DECLINED):
            told: Params = {"thing": meeting.thing, "seller": seller_named(self._desk.my_name)}
            again = (look_for(meeting.thing, without=meeting.reference),)
            declined = Prompt("marketplace.interest.declined", told, again)
            tell_buyer(self._desk, introduction, declined)
        elif introduction.state == IntroductionState.ACCEPTED:
            return Outcome(_ANSWERED)
        return Outcome(Prompt("marketplace.decline.done"))


async def unanswered(context: TurnContext, timer: Timer) -> Prompt | None:
    """Tell a buyer that the seller is silent: nobody should wait for nothing."""
    desk = Desk(context)
    meeting = await desk.introductions.find(IntroductionId(UUID(timer.data["introduction"])))
    if meeting is None or meeting.introduction.buyer_id != desk.me:
        return None
    asked = meeting.introduction
    this = question(asked.id, asked.created_at)
    if asked.state != IntroductionState.ASKED or timer.data.get("question", this) != this:
        return None
    name = await desk.directory.name_of(meeting.introduction.seller_id)
    seller = seller_named(name)
    if not meeting.offered and await desk.introductions.let_go(meeting.introduction.id):
        return listing_gone(meeting.thing, seller)
    told: Params = {"seller": seller, "thing": meeting.thing}
    others = look_for(meeting.thing, without=meeting.reference)
    return Prompt("marketplace.contact.silent", told, (others,))


async def needs_number(desk: Desk) -> bool:
    """Tell whether nobody could call the contact: WhatsApp hides their number."""
    return await desk.directory.reached_on(desk.me) is None


async def _mine(desk: Desk, form: AnswerForm) -> Meeting | None:
    """Return what the contact is asked, None where it is not theirs to answer."""
    meeting = await desk.introductions.find(IntroductionId(form.introduction))
    return meeting if meeting is not None and meeting.introduction.seller_id == desk.me else None


async def _answer(desk: Desk, introduction: Introduction, state: IntroductionState) -> bool:
    """Record the seller's answer; False where it was given already."""
    try:
        await desk.introductions.answer(desk.me, introduction.id, state)
    except IntroductionGoneError:
        return False
    return True
