"""A second capability of the tests' own: fruit that has names, numbers, prices and places."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import msgspec
from annotated_types import Ge, Le
from typing_extensions import override

from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.manifest import Capability, Task
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.thing import NamedThingReader
from sokoni.language.reading import KnownPlace, Price
from sokoni.messaging.prompts import Amount, Choice, Prompt, Start
from tests.dialogue.talking import PROFILE, TwoPlaces, catalogues
from tests.dialogue.toy import Settings

_HERE: Final = Path(__file__).parent
_FRUIT: Final = {"apples": "apple", "pears": "pear", "plums": "plum", "madhamu": "plum"}


class FruitReader(NamedThingReader):
    """Knows three kinds of fruit by name."""

    @override
    def named(self, value: str) -> str:
        found = (_FRUIT.get(word) for word in value.casefold().split())
        return next((one for one in found if one), "")


class OfferForm(Form):
    """Offer fruit."""

    fruit: Annotated[str, FruitReader(), Slot(item=True)]
    count: Annotated[int, NumberReader(), Ge(1), Le(100)]
    price: Annotated[Price, MoneyReader()]
    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True, common=True)]


class OfferFlow(SimpleFlow):
    """Offers fruit on yes; the place of the last offer is the next one's."""

    name: ClassVar[str] = "orchard.offer"
    form: ClassVar[type[OfferForm]] = OfferForm
    offers: ClassVar[list[OfferForm]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @override
    async def prefill(self) -> Known:
        return {"place": self.offers[-1].place} if self.offers else {}

    async def summary(self, form: OfferForm) -> Prompt:
        price = Amount(Decimal(form.price.amount), form.price.currency)
        return Prompt(
            "orchard.offer.summary",
            {
                "count": form.count,
                "fruit": form.fruit,
                "price": price,
                "place": form.place.name,
            },
        )

    async def complete(self, form: OfferForm) -> Outcome:
        self.offers.append(form)
        return Outcome(Prompt("orchard.offer.done", {"fruit": form.fruit}))


class SeekForm(Form):
    """Find fruit."""

    fruit: Annotated[str, FruitReader(), Slot(item=True)]
    place: Annotated[KnownPlace | None, PlaceReader(), Slot(common=True)] = None


class SeekFlow(SimpleFlow):
    """Nobody has plums."""

    name: ClassVar[str] = "orchard.seek"
    form: ClassVar[type[SeekForm]] = SeekForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: SeekForm) -> Prompt | None:
        return None

    async def complete(self, form: SeekForm) -> Outcome:
        known = {"fruit": msgspec.Raw(msgspec.json.encode(form.fruit))}
        around = Start("orchard.ask_around", known)
        if "plum" in form.fruit:
            choices = (Choice("yes", command=around),)
            return Outcome(Prompt("orchard.seek.none", {"fruit": form.fruit}, choices), asks=True)
        seller = Choice(f"{form.fruit}-1", f"Seller of {form.fruit}", command=around)
        return Outcome(Prompt("orchard.seek.found", {"fruit": form.fruit}, (seller,)))


class AskAroundFlow(SeekFlow):
    name: ClassVar[str] = "orchard.ask_around"

    @override
    async def complete(self, form: SeekForm) -> Outcome:
        return Outcome(Prompt("orchard.ask_around.done", {"fruit": form.fruit}))


def _task(flow: Any, *, in_menu: bool = False, query: bool = False) -> Task:  # noqa: ANN401
    return Task(name=flow.name, form=flow.form, make=flow, in_menu=in_menu, query=query)


ORCHARD: Final = Capability(
    name="orchard",
    tasks=(
        _task(OfferFlow, in_menu=True),
        _task(SeekFlow, in_menu=True, query=True),
        _task(AskAroundFlow),
    ),
    settings=Settings,
    phrases=_HERE / "orchard_phrases",
)


def orchard() -> MerchantDialogue:
    OfferFlow.offers.clear()
    return MerchantDialogue(PROFILE, [ORCHARD], catalogues("orchard.po"), places=TwoPlaces())
