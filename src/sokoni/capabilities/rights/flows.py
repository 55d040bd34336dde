"""The tasks by which contacts use their rights."""

from typing import Annotated, ClassVar, Final

from sqlalchemy import update

from sokoni.capabilities.rights.asking import ask_staff, decided, was_granted
from sokoni.capabilities.rights.paper import DATA
from sokoni.capabilities.rights.settings import NAME, RightsSettings, Wish
from sokoni.contacts.consent import (
    MARKETING,
    Agreed,
    agree,
    agrees,
    has_said,
    stopped_at_the_channel,
)
from sokoni.contacts.models import Contact
from sokoni.dialogue.flow import AtOnce, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.forgetting import erase
from sokoni.dialogue.form import Form, Slot
from sokoni.dialogue.making import handed, make
from sokoni.messaging.events import Answer, Timer
from sokoni.messaging.prompts import Choice, Consent, Lines, Params, Prompt, Start, Worded

NO: Final = Start("rights.no_offers")


class RightsFlow(SimpleFlow):
    """What the flows here have in common."""

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @property
    def _settings(self) -> RightsSettings:
        return self._context.merchant.settings(NAME, RightsSettings)

    @property
    def _merchant(self) -> Params:
        return {"merchant": self._context.merchant.name}


# --- offers -----------------------------------------------------------------------------------


class OffersForm(Form):
    """Get offers and news."""

    agreed: Annotated[bool, Slot(early=False, editable=False)] = False
    """They said yes to the question that was put to them at the end of another task."""


class OffersFlow(RightsFlow):
    """Writes down that the contact wants offers, in the words that they said yes to."""

    name: ClassVar[str] = "rights.offers"
    form: ClassVar[type[OffersForm]] = OffersForm

    async def summary(self, form: OffersForm) -> Prompt | None:
        context = self._context
        if form.agreed or await _wants_offers(context):
            return None
        wording = Worded("rights.offers.wording", self._merchant)
        return Prompt("rights.offers.summary", consent=Consent(MARKETING, wording))

    async def complete(self, form: OffersForm) -> Outcome:
        context = self._context
        if await _wants_offers(context):
            return Outcome(Prompt("rights.offers.already"))
        asked = Consent(MARKETING, Worded("rights.offers.ask", self._merchant))
        agreed = asked if form.agreed else None
        if await stopped_at_the_channel(context.session, context.merchant.id, context.person.id):
            return Outcome(Prompt("rights.offers.channel"), agreed=agreed)
        context.marketing = True
        return Outcome(Prompt("rights.offers.done"), agreed=agreed)


class NoOffersForm(Form):
    """Get no more offers."""


class NoOffersFlow(AtOnce, RightsFlow):
    """Takes the yes to offers back, or notes that it was never given; all else is still said."""

    name: ClassVar[str] = NO.task
    form: ClassVar[type[NoOffersForm]] = NoOffersForm

    async def complete(self, form: NoOffersForm) -> Outcome:  # noqa: ARG002
        context = self._context
        refused = Agreed(
            merchant_id=context.merchant.id,
            contact_id=context.person.id,
            purpose=MARKETING,
            wording="",
            at=context.now,
            given=False,
        )
        await agree(context.session, context.vault, refused)
        context.marketing = False
        return Outcome(Prompt("rights.no_offers.done"))


async def offer_once(context: TurnContext, task: str) -> Prompt | None:
    """Ask at the end of a task whether the contact wants offers: once in their life."""
    merchant, person = context.merchant, context.person
    wanted = merchant.settings(NAME, RightsSettings).offer and not task.startswith(f"{NAME}.")
    if not wanted or person.opted_out or person.no_marketing:
        return None
    if await has_said(context.session, merchant.id, person.id, MARKETING):
        return None
    theirs = update(Contact).where(
        Contact.merchant_id == merchant.id,
        Contact.id == person.id,
        Contact.offered_at.is_(None),
    )
    asking = theirs.values(offered_at=context.now).execution_options(synchronize_session=False)
    connection = await context.session.connection()
    if not (await connection.execute(asking)).rowcount:
        return None
    yes = Start.knowing(OffersFlow.name, {"agreed": True})
    choices = (Choice("yes", command=yes), Choice("no", command=NO))
    return Prompt("rights.offers.ask", {"merchant": merchant.name}, choices)


async def _wants_offers(context: TurnContext) -> bool:
    if context.person.no_marketing:
        return False
    return await agrees(context.session, context.merchant.id, context.person.id, MARKETING)


# --- a copy of what is kept -------------------------------------------------------------------


class DataForm(Form):
    """Get a copy of all that is kept of me."""


class DataFlow(AtOnce, RightsFlow):
    """Has all gathered that is kept of the contact; it follows as a document, to them alone."""

    name: ClassVar[str] = "rights.data"
    form: ClassVar[type[DataForm]] = DataForm

    async def complete(self, form: DataForm) -> Outcome:  # noqa: ARG002
        if Wish.DATA in self._settings.approve and not await was_granted(self._context, Wish.DATA):
            await ask_staff(self._context, Wish.DATA)
            return Outcome(Prompt("rights.asked"))
        _gather(self._context)
        return Outcome(Prompt("rights.data.comes"))


def _gather(context: TurnContext) -> None:
    make(context, DATA, {}, once=f"data:{context.now.isoformat()}")


async def hand_out(context: TurnContext, answer: Answer) -> Prompt | None:
    """Give out what was gathered, or say that it could not be."""
    found = handed(answer)
    if found is None:
        return Prompt("rights.data.failed")
    return Prompt(
        "rights.data.here",
        document_url=context.file_url(found.file),
        document_name=f"{context.merchant.slug}-{context.now:%Y-%m-%d}.pdf",
    )


# --- an end -----------------------------------------------------------------------------------


class ForgetForm(Form):
    """Erase all that is kept of me."""


class ForgetFlow(RightsFlow):
    """Erases all that is kept of the contact, once they read what that means and said yes."""

    name: ClassVar[str] = "rights.forget"
    form: ClassVar[type[ForgetForm]] = ForgetForm

    async def summary(self, form: ForgetForm) -> Prompt | None:  # noqa: ARG002
        context = self._context
        left = [
            line
            for leaves in context.leaves
            for line in await leaves(context.session, context.merchant.id, context.person.id)
        ]
        stays = Worded("rights.forget.stays")
        return Prompt(
            "rights.forget.summary",
            {**self._merchant, "left": Lines((*left, stays))},
        )

    async def complete(self, form: ForgetForm) -> Outcome:  # noqa: ARG002
        if Wish.FORGET in self._settings.approve:
            await ask_staff(self._context, Wish.FORGET)
            return Outcome(Prompt("rights.asked"))
        erase(self._context)
        return Outcome(Prompt("rights.forget.done"), ends=True)


async def granted(context: TurnContext, timer: Timer) -> Prompt | None:
    """Do what staff approved, and say so."""
    wish = Wish(timer.data["wish"])
    if wish is Wish.FORGET:
        erase(context)
        return decided(wish, "granted")
    _gather(context)
    # Where only templates may be sent, the copy waits until the contact writes and asks again.
    return None if context.window_open else decided(wish, "granted")
