"""Who a contact is: their name, where jobs of theirs are done, and that we may keep it."""

from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.booking.desk import start
from sokoni.capabilities.booking.flows.again import booking_with
from sokoni.capabilities.booking.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.booking.reading import SERVICE, TROUBLE
from sokoni.capabilities.booking.whereabouts import written
from sokoni.capabilities.booking.wording import privacy
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.name import IntroducedNameReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.street import StreetReader
from sokoni.language.readers.term import TermReader, ToldTextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import KnownPlace, Moment
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

_BOOK: Final = Choice("book", Worded("menu.booking.book"), command=start("book"))


class IntroduceForm(Form):
    """Tell the booking desk one's name and place, or see what it knows."""

    name: Annotated[str, IntroducedNameReader()]
    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True, exact=True)]
    address: Annotated[str, StreetReader(), Slot(part_of="place")] = ""


class IntroduceFlow(DeskFlow):
    """Keeps both on yes, which is the consent too; shows them to whom we know already."""

    name: ClassVar[str] = "booking.introduce"
    form: ClassVar[type[IntroduceForm]] = IntroduceForm

    @override
    async def prefill(self) -> Known:
        home, name = await self._desk.home(), self._desk.name_given
        known: dict[str, object] = {"name": name} if name else {}
        return known if home is None else known | {"place": home[0], "address": home[1]}

    async def summary(self, form: IntroduceForm) -> Prompt | None:
        if await self._is_known(form):
            return None
        return Prompt("booking.introduce.summary", _who(form), consent=privacy(self._desk))

    async def complete(self, form: IntroduceForm) -> Outcome:
        if await self._is_known(form):
            return Outcome(Prompt("booking.introduce.known", _who(form), _changes()))
        self._desk.context.rename(form.name)
        await self._desk.customers.lives(self._desk.me, form.place, form.address)
        await self._desk.customers.is_introduced(self._desk.me)
        return Outcome(Prompt("booking.introduce.done", _who(form), (_BOOK,)))

    async def _is_known(self, form: IntroduceForm) -> bool:
        """Tell whether the contact agreed to what we keep, and says nothing new."""
        customer = await self._desk.customers.find(self._desk.me)
        if customer is None or customer.onboarded_at is None:
            return False
        said = {"name": form.name, "place": form.place, "address": form.address}
        return await self.prefill() == said


class NameForm(Form):
    """Tell one's name."""

    name: Annotated[str, IntroducedNameReader(), Slot(opens=True)]
    place: Annotated[KnownPlace | None, PlaceReader(), Slot(editable=False)] = None
    """Where who tells their name says to be from."""


class NameFlow(AtOnceFlow):
    """Takes the name, whatever else is going on."""

    name: ClassVar[str] = "booking.name"
    form: ClassVar[type[NameForm]] = NameForm

    async def complete(self, form: NameForm) -> Outcome:
        self._desk.context.rename(form.name)
        if form.place is not None:
            await self._desk.customers.lives(self._desk.me, form.place)
        return Outcome(Prompt("booking.name.done", {"name": form.name}))


class HomeForm(Form):
    """Have jobs done at another place from now on."""

    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True, exact=True)]
    address: Annotated[str, StreetReader(), Slot(part_of="place")] = ""
    service: Annotated[str, TermReader(SERVICE, hinted_by=TROUBLE), Slot(editable=False)] = ""
    """Who says what they need there, too, books it."""
    issue: Annotated[str, ToldTextReader(TROUBLE, longest=500), Slot(editable=False)] = ""
    when: Annotated[Moment | None, TimeReader(), Slot(editable=False)] = None


class HomeFlow(AtOnceFlow):
    """Takes the place for bookings to come; what is booked stays where it is."""

    name: ClassVar[str] = "booking.home"
    form: ClassVar[type[HomeForm]] = HomeForm

    async def complete(self, form: HomeForm) -> Outcome:
        await self._desk.customers.lives(self._desk.me, form.place, form.address)
        told = written(form.place, form.address)
        said = {"service": form.service, "issue": form.issue, "when": form.when}
        then = booking_with(said) if form.service else None
        return Outcome(Prompt("booking.home.done", {"place": told}), then=then)


def _who(form: IntroduceForm) -> Params:
    return {"name": form.name, "place": written(form.place, form.address)}


def _changes() -> tuple[Choice, ...]:
    return (
        Choice("name", Worded("booking.choice.name"), command=start("name")),
        Choice("home", Worded("booking.choice.home"), command=start("home")),
    )
