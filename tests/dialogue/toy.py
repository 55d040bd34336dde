"""A capability of the tests' own: a garden shop that takes orders."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

import msgspec
from annotated_types import Ge, Le
from pydantic import BaseModel, Field
from typing_extensions import override

from sokoni.contacts.models import Contact
from sokoni.dialogue.flow import (
    AnswerRefused,
    Outcome,
    Results,
    SimpleFlow,
    TurnContext,
    Window,
)
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.manifest import Capability, Task
from sokoni.kit.ids import PhoneNumber, new_id
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.phone import PhoneReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.thing import ThingReader
from sokoni.language.reading import KnownPlace
from sokoni.messaging.events import TellStaff, Timer
from sokoni.messaging.prompts import Choice, Params, Prompt, SetSlots, Start

STOCK: Final = 50


class OrderForm(Form):
    """Order plants."""

    plant: Annotated[str, ThingReader()]
    count: Annotated[int, NumberReader(), Ge(1), Le(100)]
    place: Annotated[KnownPlace, PlaceReader(), Slot(pin=True)]
    pot: str
    note: Annotated[str, TextReader(longest=50), Slot(asked=True)] = ""
    gift: Annotated[str, Slot(early=False, editable=False)] = "no"


class OrderFlow(SimpleFlow):
    """Orders plants on yes. `orders` outlives the turn, as a table would."""

    name: ClassVar[str] = "garden.order"
    form: ClassVar[type[OrderForm]] = OrderForm
    orders: ClassVar[list[OrderForm]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        return (Choice("clay"), Choice("plastic")) if slot == "pot" else ()

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "count" and known["count"] > STOCK:
            raise AnswerRefused("count", Prompt("garden.order.sold_out", {"left": STOCK}))

    async def summary(self, form: OrderForm) -> Prompt:
        gift = Choice("gift", "A gift", command=SetSlots({"gift": msgspec.Raw(b'"yes"')}))
        words: Params = {
            "plant": form.plant,
            "count": form.count,
            "place": form.place.name,
            "pot": form.pot,
            "note": form.note or "-",
            "gift": form.gift,
        }
        return Prompt("garden.order.summary", words, () if form.gift == "yes" else (gift,))

    async def complete(self, form: OrderForm) -> Outcome:
        if form.plant == "cactus":
            # Written, told and renamed before it turns out that there is none.
            row = Contact(merchant_id=new_id(), created_at=self._context.now)
            self._context.session.add(row)
            await self._context.session.flush()
            self._context.rename("Cactus")
            alert = TellStaff(prompt=Prompt("garden.order.done", {"count": 1}), once="cactus")
            self._context.for_staff.append(alert)
            raise AnswerRefused("plant", Prompt("garden.order.plant.ask"))
        self.orders.append(form)
        return Outcome(Prompt("garden.order.done", {"count": form.count}))


class Nothing(Form):
    """Asks nothing."""


class HoursFlow(SimpleFlow):
    name: ClassVar[str] = "garden.hours"
    form: ClassVar[type[Nothing]] = Nothing

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: Nothing) -> Prompt | None:
        return None

    async def complete(self, form: Nothing) -> Outcome:
        return Outcome(Prompt("garden.hours.told"))


class FindForm(Form):
    """Find a plant."""

    plant: Annotated[str, ThingReader()]


class FindFlow(SimpleFlow):
    name: ClassVar[str] = "garden.find"
    form: ClassVar[type[FindForm]] = FindForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: FindForm) -> Prompt | None:
        return None

    async def complete(self, form: FindForm) -> Outcome:
        if form.plant == "weeds":
            hours = Choice("yes", command=Start("garden.hours"))
            return Outcome(Prompt("garden.ring.summary", choices=(hours,)), asks=True)
        known = {"plant": msgspec.Raw(msgspec.json.encode(form.plant))}
        order = Start("garden.order", known)
        many = tuple(Choice(f"s{n}", f"Seller {n}", command=order) for n in range(1, 25))
        few = (Choice("tendai", "Tendai", command=order), Choice("rudo", "Rudo", command=order))
        sellers = many if form.plant == "roses" else few
        return Outcome(Prompt("garden.find.found", {"plant": form.plant}, sellers))


class BedsForm(Form):
    """See the beds of a plant."""

    plant: Annotated[str, ThingReader()] = "roses"


class BedsFlow(SimpleFlow):
    """Lists beds. `beds` is what a table would hold now."""

    name: ClassVar[str] = "garden.beds"
    form: ClassVar[type[BedsForm]] = BedsForm
    beds: ClassVar[list[int]] = []
    own: ClassVar[tuple[Choice, ...]] = ()
    sole: ClassVar[bool] = False

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: BedsForm) -> Prompt | None:
        return None

    @override
    async def results(self, form: BedsForm, window: Window) -> Results | None:
        plant = msgspec.Raw(msgspec.json.encode(form.plant))
        beds = [
            Choice(
                f"b{number}",
                f"Bed {number}",
                f"for {number} plants",
                Start("garden.order", {"plant": plant, "count": msgspec.Raw(b"%d" % number)}),
            )
            for number in self.beds
        ]
        prompt = Prompt("garden.beds.shown", {"plant": form.plant}, self.own)
        return Results(prompt, window.of(beds), sole=self.sole)

    async def complete(self, form: BedsForm) -> Outcome:
        return Outcome(Prompt("garden.beds.none", {"plant": form.plant}))


class RingForm(Form):
    """Ring the bell."""

    bell: Annotated[str, Slot(early=False, editable=False)] = "front"


class RingFlow(SimpleFlow):
    name: ClassVar[str] = "garden.ring"
    form: ClassVar[type[RingForm]] = RingForm
    rung: ClassVar[list[str]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: RingForm) -> Prompt:
        return Prompt("garden.ring.summary")

    async def complete(self, form: RingForm) -> Outcome:
        self.rung.append(form.bell)
        return Outcome(Prompt("garden.ring.done"), then=Start("garden.hours"))


class GreetForm(Form):
    """Say one's name."""

    name: Annotated[str, Field(min_length=2)]


class GreetFlow(SimpleFlow):
    name: ClassVar[str] = "garden.greet"
    form: ClassVar[type[GreetForm]] = GreetForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @override
    async def prefill(self) -> Known:
        return {"name": self._context.person.name} if self._context.person.name else {}

    async def summary(self, form: GreetForm) -> Prompt | None:
        return None

    async def complete(self, form: GreetForm) -> Outcome:
        return Outcome(Prompt("garden.greet.done", {"name": form.name}))


class CallForm(Form):
    """Be called back."""

    phone: Annotated[PhoneNumber, PhoneReader()]
    other: Annotated[PhoneNumber | None, PhoneReader(), Slot(asked=True)] = None


class CallFlow(SimpleFlow):
    name: ClassVar[str] = "garden.call"
    form: ClassVar[type[CallForm]] = CallForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: CallForm) -> Prompt | None:
        return None

    async def complete(self, form: CallForm) -> Outcome:
        words: Params = {"phone": form.phone, "other": form.other or "-"}
        return Outcome(Prompt("garden.call.done", words))


class Settings(BaseModel):
    """Nothing to set."""


async def watered(context: TurnContext, timer: Timer) -> Prompt | None:
    return Prompt("garden.hours.told") if timer.data.get("say") else None


def _task(flow: Any, *, in_menu: bool = False, query: bool = False) -> Task:  # noqa: ANN401
    return Task(name=flow.name, form=flow.form, make=flow, in_menu=in_menu, query=query)


GARDEN: Final = Capability(
    name="garden",
    tasks=(
        _task(OrderFlow, in_menu=True),
        _task(FindFlow, in_menu=True, query=True),
        _task(HoursFlow, in_menu=True, query=True),
        _task(BedsFlow, query=True),
        _task(RingFlow),
        _task(GreetFlow),
        _task(CallFlow),
    ),
    settings=Settings,
    phrases=Path(__file__).parent / "phrases",
    timers={"garden.watered": watered},
)
