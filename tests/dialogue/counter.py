"""A fourth capability of the tests' own: a counter, where things are done in passing."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from typing_extensions import override

from sokoni.channels.inbound import OrderLine
from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import (
    AnswerRefused,
    AtOnce,
    Outcome,
    Results,
    SimpleFlow,
    TurnContext,
    Window,
)
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.manifest import Capability, Task
from sokoni.language.readers.street import StreetReader
from sokoni.language.reading import Found, Reader, Scene, Spot
from sokoni.language.words import Words
from sokoni.messaging.prompts import Choice, Params, Prompt, Start
from tests.dialogue.talking import PROFILE, TwoPlaces, catalogues
from tests.dialogue.toy import Settings

_HERE: Final = Path(__file__).parent
PAY: Final = Choice("pay", command=Start("counter.pay"))


class RestReader(Reader):
    """Reads what is left of a message."""

    order = 120

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        left = [place for place, free in enumerate(words.free) if free]
        return Found(words.phrase(left[0], left[-1] + 1), left[0], left[0]) if left else None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        return words.text or None


class NthReader(Reader):
    """Reads "second"."""

    order = 30

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        places = [n for n, token in enumerate(words.tokens) if token.folded == "second"]
        return Found(2, places[0], places[0] + 1) if places else None

    @override
    def read(self, words: Words, scene: Scene) -> int | None:
        return None


class WhereReader(StreetReader):
    """Reads a `Spot`."""

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        return None

    @override
    def read(self, words: Words, scene: Scene) -> Spot | None:  # type: ignore[override]
        return Spot(words.text)


class PutForm(Form):
    """Put something down."""

    nth: Annotated[int | None, NthReader(), Slot(editable=False, nth=True)] = None
    what: Annotated[str, RestReader(), Slot(editable=False)] = ""
    count: Annotated[int, Slot(early=False, editable=False)] = 1


class PutFlow(AtOnce, SimpleFlow):
    """Says what was put down, with a way to pay."""

    name: ClassVar[str] = "counter.put"
    form: ClassVar[type[PutForm]] = PutForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def complete(self, form: PutForm) -> Outcome:
        what = f"{form.count} {form.what}"
        if form.nth is not None:
            command = self._context.menus[-1].choices[form.nth - 1].command
            assert isinstance(command, Start)
            what = bytes(command.slots["what"]).decode()
        return Outcome(Prompt("counter.put.done", {"what": what}, (PAY,)))


class DropForm(Form):
    """Drop something."""

    what: Annotated[str, RestReader(), Slot(editable=False)] = ""


class DropFlow(PutFlow):
    name: ClassVar[str] = "counter.drop"
    form: ClassVar[type[DropForm]] = DropForm  # type: ignore[assignment]

    @override
    async def complete(self, form: DropForm) -> Outcome:  # type: ignore[override]
        return Outcome(Prompt("counter.drop.done", {"what": form.what}, (PAY,)))


class ShownForm(Form):
    """See what is there."""


class ShownFlow(AtOnce, SimpleFlow):
    """Lists sizes, one of which is a number."""

    name: ClassVar[str] = "counter.shown"
    form: ClassVar[type[ShownForm]] = ShownForm

    def __init__(self, context: TurnContext) -> None:
        pass

    @override
    async def results(self, form: ShownForm, window: Window) -> Results:
        items = [
            Choice(size, size, command=Start.knowing("counter.put", {"what": size}))
            for size in ("small", "large", "40", "2")
        ]
        return Results(Prompt("counter.shown.list"), window.of(items))

    async def complete(self, form: ShownForm) -> Outcome:
        return Outcome()


class CardFlow(AtOnce, SimpleFlow):
    """Shows one thing, with a paper about it, of which a bare number is so many."""

    name: ClassVar[str] = "counter.card"
    form: ClassVar[type[ShownForm]] = ShownForm

    def __init__(self, context: TurnContext) -> None:
        pass

    async def complete(self, form: ShownForm) -> Outcome:
        put = Start.knowing("counter.put", {"what": "tea"})
        prompt = Prompt(
            "counter.card.done",
            choices=(Choice("put", command=put, counts="count"), PAY),
            written=True,
            document_url="https://counter.example/tea.pdf",
            document_name="tea.pdf",
        )
        return Outcome(prompt)


class PayForm(Form):
    """Pay."""

    way: Annotated[str, Slot(needed=True)] = ""
    address: Annotated[Spot, WhereReader(), Slot(pin=True, spot=True, needed=True)] = Spot("")
    agreed: Annotated[int | None, Slot(early=False, editable=False)] = None


class PayFlow(SimpleFlow):
    """Sums up what is to be paid, which may change by itself."""

    name: ClassVar[str] = "counter.pay"
    form: ClassVar[type[PayForm]] = PayForm
    total: ClassVar[int] = 5
    ways: ClassVar[tuple[str, ...]] = ("brought", "fetched")

    def __init__(self, context: TurnContext) -> None:
        pass

    @override
    def moot(self, known: Known) -> Collection[str]:
        moot = ["way"] if len(self.ways) == 1 else []
        return [*moot, "address"] if known.get("way") == "fetched" else moot

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        return [Choice(way) for way in self.ways] if slot == "way" else ()

    async def summary(self, form: PayForm) -> Prompt | None:
        address = form.address
        where = f"{address.words} {address.pin}" if address.pin else address.words
        told: Params = {"way": form.way, "where": where, "total": self.total}
        agree = Choice("yes", command=PayForm.setting("agreed", self.total))
        return None if form.agreed else Prompt("counter.pay.summary", told, (agree,))

    async def complete(self, form: PayForm) -> Outcome:
        if form.agreed != self.total:
            raise AnswerRefused("agreed", Prompt("counter.pay.changed"))
        return Outcome(Prompt("counter.pay.done"))


async def ordered(context: TurnContext, lines: Sequence[OrderLine], beside: str) -> Outcome:
    return Outcome(Prompt("counter.ordered", {"count": len(lines)}))


async def guessed(context: TurnContext, words: Words) -> Start | None:
    known = words.folded if words.folded == "teapot" else ""
    return Start.knowing("counter.put", {"what": known}) if known else None


def _task(flow: Any, **more: Any) -> Task:  # noqa: ANN401
    return Task(name=flow.name, form=flow.form, make=flow, **more)


COUNTER: Final = Capability(
    name="counter",
    tasks=(
        _task(PutFlow, in_menu=True, at_once=True, parts=True),
        _task(DropFlow, at_once=True, parts=True),
        _task(ShownFlow, query=True),
        _task(CardFlow, query=True),
        _task(PayFlow),
    ),
    settings=Settings,
    phrases=_HERE / "counter_phrases",
    orders=ordered,
    guesses=guessed,
)


def counter() -> MerchantDialogue:
    PayFlow.total, PayFlow.ways = 5, ("brought", "fetched")
    return MerchantDialogue(PROFILE, [COUNTER], catalogues("counter.po"), places=TwoPlaces())
