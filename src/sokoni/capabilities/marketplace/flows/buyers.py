"""Buyers who wait for a seller's answer."""

from typing import ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.introduction import AnswerForm
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.meeting import interest
from sokoni.capabilities.marketplace.models import IntroductionId, IntroductionState
from sokoni.capabilities.marketplace.service.introductions import Meeting
from sokoni.capabilities.marketplace.wording import buyer_named, what_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form
from sokoni.messaging.prompts import Choice, Prompt, Worded

_COUNTED: Final = 100


class MyBuyersForm(Form):
    """See which buyers wait for an answer."""


class MyBuyersFlow(AtOnceFlow):
    """Shows who wants to be in touch, the longest waiting first."""

    name: ClassVar[str] = "marketplace.my_buyers"
    form: ClassVar[type[MyBuyersForm]] = MyBuyersForm

    @override
    async def results(self, form: MyBuyersForm, window: Window) -> Results:
        desk = self._desk
        asked = await desk.introductions.asking(desk.me, limit=window.limit, offset=window.offset)
        names = await desk.directory.names_of(one.introduction.buyer_id for one in asked)
        shown = tuple(_choice(one, names.get(one.introduction.buyer_id, "")) for one in asked)
        return Results(Prompt("marketplace.my_buyers.shown"), shown, sole=True)

    async def complete(self, form: MyBuyersForm) -> Outcome:  # noqa: ARG002
        return Outcome(await _nobody(self._desk))


class BuyerFlow(AtOnceFlow):
    """Asks once more whether the seller wants to be in touch with a buyer."""

    name: ClassVar[str] = "marketplace.buyer"
    form: ClassVar[type[AnswerForm]] = AnswerForm

    async def complete(self, form: AnswerForm) -> Outcome:
        meeting = await self._desk.introductions.find(IntroductionId(form.introduction))
        if meeting is None or meeting.introduction.seller_id != self._desk.me:
            return Outcome(Prompt("marketplace.interest.gone"))
        if meeting.introduction.state != IntroductionState.ASKED:
            return Outcome(Prompt("marketplace.interest.gone"))
        return Outcome(await _asked(self._desk, meeting))


async def _asked(desk: Desk, meeting: Meeting) -> Prompt:
    offer = await desk.listings.find(meeting.reference)
    name = await desk.directory.name_of(meeting.introduction.buyer_id)
    what = meeting.thing if offer is None else what_of(offer)
    return interest(meeting.introduction, buyer_named(name), what)


async def _nobody(desk: Desk) -> Prompt:
    """Say that nobody waits, and what becomes of what is listed: "nothing sold yet"."""
    listed = len(await desk.listings.of(desk.me, limit=_COUNTED))
    tasks = ("my_listings", "change_price") if listed else ("sell",)
    choices = tuple(
        Choice(task, Worded(f"menu.marketplace.{task}"), command=start(task)) for task in tasks
    )
    if listed:
        return Prompt("marketplace.my_buyers.none", {"count": listed}, choices)
    return Prompt("marketplace.my_buyers.nothing_listed", {}, choices)


def _choice(meeting: Meeting, name: str) -> Choice:
    known = {"introduction": str(meeting.introduction.id)}
    return Choice(
        meeting.introduction.id.hex, buyer_named(name), meeting.thing, start("buyer", known)
    )
