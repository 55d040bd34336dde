"""The number that others may call, of a contact whose own WhatsApp hides."""

from typing import Annotated, ClassVar
from uuid import UUID

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.meeting import Met, met
from sokoni.capabilities.marketplace.models import IntroductionId, IntroductionState
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.kit.ids import PhoneNumber
from sokoni.language.readers.phone import PhoneReader
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Params, Prompt


class NumberForm(Form):
    """Give the number that others may call."""

    phone: Annotated[PhoneNumber | None, PhoneReader(), Slot(asked=True)] = None
    listing: Annotated[str, Slot(early=False, editable=False)] = ""
    """The contact wants to meet its seller."""
    introduction: Annotated[UUID | None, Slot(early=False, editable=False)] = None
    """The contact wants to meet the other side of it."""


class NumberFlow(AtOnceFlow):
    """Keeps the number, and goes on with what it was asked for."""

    name: ClassVar[str] = "marketplace.number"
    form: ClassVar[type[NumberForm]] = NumberForm

    @override
    async def prefill(self) -> Known:
        shown = await self._desk.directory.phone_of(self._desk.me)
        return {} if shown is None else {"phone": shown}

    async def complete(self, form: NumberForm) -> Outcome:
        shown = await self._desk.directory.phone_of(self._desk.me)
        if shown is None and form.phone is not None:
            await self._desk.directory.give_phone(self._desk.me, form.phone)
        if form.listing:
            known = {"listing": form.listing, "asked_number": True}
            return Outcome(then=start("contact", known))
        meeting = await self._meeting(form)
        if meeting is None:
            return Outcome(_noted(shown, form.phone))
        if meeting.introduction.state == IntroductionState.ACCEPTED:
            return Outcome(await self._pass_on(meeting, form.phone))
        known = {"introduction": str(meeting.introduction.id), "asked_number": True}
        return Outcome(then=start("accept", known))

    async def _meeting(self, form: NumberForm) -> Meeting | None:
        if form.introduction is None:
            return None
        meeting = await self._desk.introductions.find(IntroductionId(form.introduction))
        if meeting is None:
            return None
        sides = {meeting.introduction.seller_id, meeting.introduction.buyer_id}
        return meeting if self._desk.me in sides else None

    async def _pass_on(self, meeting: Meeting, phone: PhoneNumber | None) -> Prompt:
        """Give the number to the other, who agreed to have it."""
        both = await met(self._desk, meeting)
        selling = meeting.introduction.seller_id == self._desk.me
        if phone is not None:
            self._tell_other(both, phone, selling=selling)
        return both.for_seller() if selling else both.for_buyer()

    def _tell_other(self, both: Met, phone: PhoneNumber, *, selling: bool) -> None:
        introduction = both.introduction
        told: Params = {
            "name": both.seller if selling else both.buyer,
            "thing": both.thing,
            "phone": phone,
        }
        # Once for each number: who mistyped theirs may give it again.
        number = self._desk.context.vault.hash("phone", phone)
        self._desk.tell(
            introduction.buyer_id if selling else introduction.seller_id,
            Prompt("marketplace.number.passed_on", told),
            once=f"number:{introduction.id.hex}:{number}",
            purpose=Purpose.NOTICE,
        )


def _noted(shown: PhoneNumber | None, given: PhoneNumber | None) -> Prompt:
    if shown is not None:
        return Prompt("marketplace.number.shown", {"phone": shown})
    if given is None:
        return Prompt("marketplace.number.skipped")
    return Prompt("marketplace.number.done", {"phone": given})
