"""A capability of the tests' own, installed beside the others: photos that hang on a wall."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel

from sokoni.dialogue.flow import Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Slot
from sokoni.dialogue.manifest import Capability, Task
from sokoni.media.kinds import FileKind
from sokoni.media.references import FileRef
from sokoni.media.shelf import Shelf
from sokoni.messaging.prompts import Prompt

_HERE: Final = Path(__file__).parent


class HangForm(Form):
    """Hang a photo on the wall."""

    title: str
    photo: Annotated[FileRef | None, Slot(asked=True, file=FileKind.IMAGE)] = None


class HangFlow(SimpleFlow):
    """Shows the photo, and keeps it on yes."""

    name: ClassVar[str] = "wall.hang"
    form: ClassVar[type[HangForm]] = HangForm
    shown: ClassVar[list[str]] = []
    hung: ClassVar[list[FileRef]] = []

    def __init__(self, context: TurnContext) -> None:
        self._context = context

    async def summary(self, form: HangForm) -> Prompt:
        url = self._context.file_url(form.photo) if form.photo else ""
        self.shown.append(url)
        return Prompt("wall.hang.summary", {"title": form.title}, image_url=url)

    async def complete(self, form: HangForm) -> Outcome:
        if form.photo is not None:
            context = self._context
            await Shelf(context.session, context.merchant.id).keep(form.photo, context.now)
            self.hung.append(form.photo)
        return Outcome(Prompt("wall.hang.done"))


class Settings(BaseModel):
    """Nothing to set."""


_FLOW: Final[Any] = HangFlow
WALL: Final = Capability(
    name="wall",
    tasks=(Task(name=HangFlow.name, form=HangForm, make=_FLOW, in_menu=True),),
    settings=Settings,
    phrases=_HERE / "phrases",
    locales=_HERE / "locales",
)
