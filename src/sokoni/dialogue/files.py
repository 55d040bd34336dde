"""Files that contacts send: fetched for the slot that wants one, while the talk goes on."""

from typing import NamedTuple

from sokoni.channels.inbound import Medium, Message
from sokoni.dialogue.fetching import fetch, not_fetched
from sokoni.dialogue.filling import COMING, CONFIRM, EDIT, Filling
from sokoni.dialogue.progress import Progress
from sokoni.dialogue.repairs import Repairs
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.wordless import ask_to_type
from sokoni.media.kinds import FileKind
from sokoni.messaging.events import Answer
from sokoni.messaging.prompts import Prompt


class _Place(NamedTuple):
    """A slot that takes a file."""

    slot: str
    kind: FileKind


class Files:
    """One turn's files."""

    def __init__(self, turn: Turn, progress: Progress) -> None:
        self._turn = turn
        self._progress = progress
        self._repairs = Repairs(turn, progress)
        self._unasked: list[Message] = []
        self._sent = False

    # --- what is sent -------------------------------------------------------------------------

    async def take(self, message: Message) -> bool:
        """Have the file fetched where the open task wants one, else keep it in mind."""
        top = self._turn.top
        place = _place(top, message.medium) if top and message.medium else None
        if top is None or message.medium is None or place is None:
            self._unasked.append(message)
            return False
        self._turn.trace.append("file")
        self._sent = True
        # Of several that were sent at once, the first is it.
        if place.slot not in top.draft.coming:
            self._fetch(top, place, message.medium)
        await self._progress.advance(top)
        return True

    async def settle(self) -> None:
        """Give what nothing asked for to a task that came up since, or say what can be done."""
        wishes, unasked, self._unasked = self._turn.wishes, self._unasked, []
        if wishes.hand_over or wishes.opt_out:
            return
        taken = [await self.take(message) for message in unasked]
        wordless = [message for message in unasked if not message.text.strip()]
        if wordless and not any(taken):
            if not await self._claimed(wordless):
                self._offer(wordless)
        elif self._sent and self._turn.top is not None and self._turn.top.awaiting == COMING:
            # It comes in a moment: what is said then says it all.
            self._turn.ask = False

    def _fetch(self, filling: Filling, place: _Place, medium: Medium) -> None:
        filling.expect(place.slot, fetch(self._turn.context, medium, place.kind))

    async def _claimed(self, sent: list[Message]) -> bool:
        """Tell whether a capability has a use for the first picture, though no task asked."""
        top = self._turn.top
        if top is not None and top.awaited_slot and top.form.slot(top.awaited_slot).file:
            return False
        pictures = (
            one.medium for one in sent if one.medium and _may_be(FileKind.IMAGE, one.medium)
        )
        picture = next(pictures, None)
        if picture is None:
            return False
        for claims in self._turn.tasks.pictures:
            outcome = await claims(self._turn.context, picture)
            if outcome is not None:
                self._turn.trace.append("picture")
                if outcome.prompt is not None:
                    self._turn.say(outcome.prompt)
                return True
        return False

    def _offer(self, sent: list[Message]) -> None:
        """Say once what can be done with all of them."""
        top = self._turn.top
        wanted = top is not None and top.awaited_slot and top.form.slot(top.awaited_slot).file
        if not wanted and any(message.kind != "image" for message in sent):
            ask_to_type(self._turn)
            return
        self._turn.trace.append("wordless")
        self._turn.ask = True
        if top is not None and wanted:
            self._repairs.miss(top)
        else:
            self._turn.say(Prompt("dialogue.picture_unused"))

    # --- what was fetched ---------------------------------------------------------------------

    async def answered(self, answer: Answer) -> None:
        """Put the file where it is wanted; where that is over, it expires by itself."""
        for filling in self._turn.fillings:
            for slot, request_id in filling.draft.coming.items():
                if request_id == answer.request_id:
                    await self._came(filling, slot, answer)
                    return

    async def _came(self, filling: Filling, slot: str, answer: Answer) -> None:
        filling.expect_no_more(slot)
        waits = filling is self._turn.top and filling.awaiting in {COMING, CONFIRM, slot}
        if answer.outcome != "done":
            await self._failed(filling, slot, answer, waits=waits)
        elif waits:
            await self._progress.take(filling, {slot: answer.data})
        else:
            # Another question is open: nothing needs to be said.
            filling.take({slot: answer.data})

    async def _failed(self, filling: Filling, slot: str, answer: Answer, *, waits: bool) -> None:
        """Say so honestly, and ask once more where it was asked for."""
        prompt = not_fetched(answer)
        self._turn.ask = True
        if waits and filling.missing() == slot:
            filling.wait_for(slot, prompt)
            return
        self._turn.say(prompt)
        if waits:
            await self._progress.advance(filling)


def _place(filling: Filling, medium: Medium) -> _Place | None:
    """Return the slot that the file is for: the one asked for, else the first without one."""
    form, known = filling.form, filling.known
    places = [
        _Place(slot, kind)
        for slot in form.slots()
        if (kind := form.slot(slot).file) is not None and _may_be(kind, medium)
    ]
    asked = [place for place in places if place.slot == filling.awaiting]
    empty = [place for place in places if place.slot not in known]
    # At the summary another one takes the place of the first.
    instead = places if filling.awaiting in {CONFIRM, EDIT} else []
    return next(iter((*asked, *empty, *instead)), None)


def _may_be(kind: FileKind, medium: Medium) -> bool:
    """Tell by what the channel says of it whether it is worth fetching."""
    if medium.kind == "image":
        return True
    paper = kind is FileKind.DOCUMENT or medium.mime_type.startswith("image/")
    return medium.kind == "document" and paper
