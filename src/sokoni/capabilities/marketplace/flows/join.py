"""Joining, and telling one's name or place anew."""

from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.service.sellers import Stall
from sokoni.dialogue.flow import AnswerRefused, Outcome
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.name import IntroducedNameReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.reading import KnownPlace
from sokoni.messaging.prompts import Choice, Prompt, Worded

_SHORTEST_NAME: Final = 2
_LONGEST_NAME: Final = 60


class JoinForm(Form):
    """Join the marketplace as a seller."""

    name: Annotated[str, IntroducedNameReader()]
    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True)]


class JoinFlow(AtOnceFlow):
    """Makes the contact a seller; who has joined already is told who they are."""

    name: ClassVar[str] = "marketplace.join"
    form: ClassVar[type[JoinForm]] = JoinForm

    @override
    async def prefill(self) -> Known:
        home = await self._desk.my_home()
        if home is None:
            return {}
        named = self._desk.context.person.name_given
        return {"place": home} | ({"name": self._desk.my_name} if named else {})

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "name":
            check_name(known["name"], "marketplace.join.name.refused")

    async def complete(self, form: JoinForm) -> Outcome:
        seller = await self._desk.sellers.find(self._desk.me)
        if seller is not None:
            return Outcome(await self._known_already(seller, form))
        await self._desk.sellers.enrol(self._desk.me, form.place)
        self._desk.context.rename(form.name)
        choices = (
            Choice("sell", Worded("menu.marketplace.sell"), command=start("sell")),
            Choice("buy", Worded("menu.marketplace.buy"), command=start("buy")),
        )
        return Outcome(Prompt("marketplace.join.welcome", _who(form), choices))

    async def _known_already(self, seller: Stall, form: JoinForm) -> Prompt:
        moved = seller.place_id != form.place.id
        if moved:
            await self._desk.sellers.move(seller, form.place)
        if form.name != self._desk.my_name or not self._desk.context.person.name_given:
            self._desk.context.rename(form.name)
            return Prompt("marketplace.join.changed", _who(form))
        if moved:
            return Prompt("marketplace.join.changed", _who(form))
        choices = (
            Choice("name", Worded("marketplace.choice.name"), command=start("name")),
            Choice("move", Worded("marketplace.choice.move"), command=start("move")),
        )
        return Prompt("marketplace.join.already", _who(form), choices)


class NameForm(Form):
    """Tell buyers one's name."""

    name: Annotated[str, IntroducedNameReader(), Slot(asked=True, opens=True)] = ""
    place: Annotated[KnownPlace | None, PlaceReader(), Slot(editable=False)] = None
    """Where who tells their name says to be from."""


class NameFlow(AtOnceFlow):
    """Asked for after a first listing; whoever skips it stays "a seller in Gokwe".

    Who tells it before they sell anything is asked what they would like to do.
    """

    name: ClassVar[str] = "marketplace.name"
    form: ClassVar[type[NameForm]] = NameForm

    @override
    async def check(self, slot: str, known: Known) -> None:
        check_name(known["name"], "marketplace.name.name.refused")

    async def complete(self, form: NameForm) -> Outcome:
        if not form.name:
            return Outcome(Prompt("marketplace.name.skipped"))
        seller = await self._desk.sellers.find(self._desk.me)
        if seller is not None and form.place is not None:
            return Outcome(then=start("join", _told(form)))
        self._desk.context.rename(form.name)
        if seller is None:
            return Outcome(_welcome(form))
        return Outcome(Prompt("marketplace.name.done", {"name": form.name}))


def _welcome(form: NameForm) -> Prompt:
    told = _told(form)
    place = {"place": told["place"]} if "place" in told else {}
    choices = (
        Choice("sell", Worded("menu.marketplace.sell"), command=start("sell", place)),
        Choice("buy", Worded("menu.marketplace.buy"), command=start("buy", place)),
        Choice("join", Worded("menu.marketplace.join"), command=start("join", told)),
    )
    return Prompt("marketplace.name.welcome", {"name": form.name}, choices)


def _told(form: NameForm) -> dict[str, object]:
    return form.model_dump(exclude_none=True, mode="json")


class MoveForm(Form):
    """Sell from another place."""

    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True)]


class MoveFlow(AtOnceFlow):
    """Changes where a seller lives."""

    name: ClassVar[str] = "marketplace.move"
    form: ClassVar[type[MoveForm]] = MoveForm

    async def complete(self, form: MoveForm) -> Outcome:
        seller = await self._desk.sellers.enrol(self._desk.me, form.place)
        await self._desk.sellers.move(seller, form.place)
        return Outcome(Prompt("marketplace.move.done", {"place": form.place.name}))


def check_name(name: str, refusal: str) -> None:
    """Refuse what is no name for others to read."""
    letters = sum(letter.isalpha() for letter in name)
    if letters < _SHORTEST_NAME or len(name) > _LONGEST_NAME:
        raise AnswerRefused("name", Prompt(refusal))


def _who(form: JoinForm) -> dict[str, str]:
    return {"name": form.name, "place": form.place.name}
