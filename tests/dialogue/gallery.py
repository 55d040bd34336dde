"""A third capability of the tests' own: pictures that are hung, and papers that prove whose."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from annotated_types import Ge
from typing_extensions import override

from sokoni.dialogue.engine import MerchantDialogue
from sokoni.dialogue.flow import AnswerRefused, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.manifest import Capability, Task
from sokoni.language.readers.money import MoneyReader
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.text import TextReader
from sokoni.language.reading import Price
from sokoni.media.kinds import FileKind
from sokoni.media.references import FileRef
from sokoni.messaging.prompts import Params, Prompt
from tests.dialogue.talking import PROFILE, TwoPlaces, catalogues
from tests.dialogue.toy import Settings

_HERE: Final = Path(__file__).parent


class HangForm(Form):
    """Hang a picture."""

    width: Annotated[int, NumberReader(), Ge(10)]
    photo: Annotated[FileRef | None, Slot(asked=True, file=FileKind.IMAGE)] = None
    price: Annotated[Price, MoneyReader()]


class HangFlow(SimpleFlow):
    """Hangs pictures on yes; one that was stolen is refused."""

    name: ClassVar[str] = "gallery.hang"
    form: ClassVar[type[HangForm]] = HangForm
    hung: ClassVar[list[HangForm]] = []
    stolen: ClassVar[set[object]] = set()

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    @override
    async def check(self, slot: str, known: Known) -> None:
        if slot == "photo" and known["photo"].id in self.stolen:
            raise AnswerRefused("photo", Prompt("gallery.hang.photo.stolen"))

    async def summary(self, form: HangForm) -> Prompt:
        words: Params = {"width": form.width, "price": form.price.amount}
        key = "gallery.hang.summary" if form.photo is None else "gallery.hang.summary_with_photo"
        return Prompt(key, words)

    async def complete(self, form: HangForm) -> Outcome:
        self.hung.append(form)
        return Outcome(Prompt("gallery.hang.done"))


class ProveForm(Form):
    """Prove whose it is."""

    paper: Annotated[FileRef, Slot(file=FileKind.DOCUMENT)]
    note: Annotated[str, TextReader(longest=50), Slot(asked=True)] = ""


class ProveFlow(SimpleFlow):
    name: ClassVar[str] = "gallery.prove"
    form: ClassVar[type[ProveForm]] = ProveForm
    proved: ClassVar[list[ProveForm]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: ProveForm) -> Prompt | None:
        return None

    async def complete(self, form: ProveForm) -> Outcome:
        self.proved.append(form)
        return Outcome(Prompt("gallery.prove.done", {"note": form.note or "-"}))


def _task(flow: Any) -> Task:  # noqa: ANN401
    return Task(name=flow.name, form=flow.form, make=flow, in_menu=True)


GALLERY: Final = Capability(
    name="gallery",
    tasks=(_task(HangFlow), _task(ProveFlow)),
    settings=Settings,
    phrases=_HERE / "gallery_phrases",
)


def gallery() -> MerchantDialogue:
    HangFlow.hung.clear()
    HangFlow.stolen.clear()
    ProveFlow.proved.clear()
    return MerchantDialogue(PROFILE, [GALLERY], catalogues("gallery.po"), places=TwoPlaces())
