"""A note for the shop or the driver: kept with the cart, and carried into the order."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.reading import NoteReader
from sokoni.capabilities.store.settings import LONGEST_NOTE
from sokoni.capabilities.store.wording import BROWSE, after_change, noted, saying
from sokoni.dialogue.flow import Outcome
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Choice, Worded


class NoteForm(Form):
    """Write something beside the cart for whoever packs or brings it."""

    text: Annotated[str, NoteReader(longest=LONGEST_NOTE), Slot(editable=False)]


class NoteFlow(AtOnceFlow):
    """Keeps it with the cart, instead of what stood there."""

    name: ClassVar[str] = "store.note"
    form: ClassVar[type[NoteForm]] = NoteForm

    async def complete(self, form: NoteForm) -> Outcome:
        desk = self._desk
        await desk.notes.write(desk.me, form.text, desk.context.conversation_id)
        # In a checkout the order is summed up below, with its note.
        told = Worded("store.note.kept") if desk.is_summed_up else noted(form.text)
        return Outcome(saying(told, choices=await self._next()))

    async def _next(self) -> Sequence[Choice]:
        desk = self._desk
        there = (await desk.carts.show(desk.me)).lines
        return after_change(desk) if there else (BROWSE,)


class DropNoteForm(Form):
    """Have no note beside the cart."""


class DropNoteFlow(AtOnceFlow):
    """Takes the note away."""

    name: ClassVar[str] = "store.drop_note"
    form: ClassVar[type[DropNoteForm]] = DropNoteForm

    async def complete(self, form: DropNoteForm) -> Outcome:  # noqa: ARG002
        desk = self._desk
        key = "store.note.dropped" if await desk.notes.of(desk.me) else "store.note.none"
        await desk.notes.write(desk.me, "")
        return Outcome(saying(Worded(key), choices=after_change(desk)))
