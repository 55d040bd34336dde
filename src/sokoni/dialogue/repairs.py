"""What contacts do to a conversation that goes wrong: back, edit, skip, cancel, again, help."""

from collections.abc import Iterable, Sequence
from typing import Final

from sokoni.dialogue.filling import COMING, CONFIRM, EDIT, Filling
from sokoni.dialogue.progress import Progress
from sokoni.dialogue.questions import MISSES_UNTIL_PERSON, PERSON
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.state import Draft
from sokoni.dialogue.tasks import start
from sokoni.dialogue.trail import shortened
from sokoni.dialogue.turn import Turn
from sokoni.messaging.prompts import Choice, Listed, Menu, Prompt, Start

_LIKELY_AT_MOST: Final = 3
_MENU: Final = Choice("menu", command=Menu())


class Repairs:
    """Each works for every form, without a line in the capability."""

    def __init__(self, turn: Turn, progress: Progress) -> None:
        self._turn = turn
        self._progress = progress

    # --- at the summary -----------------------------------------------------------------------

    async def confirm(self) -> None:
        """Commit, but only what the contact had before them when they said yes."""
        filling = self._turn.top
        if filling is None:
            await self._ask_which()
        elif filling.awaiting == CONFIRM and not filling.missing() and self._was_shown(filling):
            await self._progress.complete(filling)
        elif filling.awaiting in {CONFIRM, EDIT}:
            await self._progress.advance(filling)
        else:
            self.miss(filling)

    async def _ask_which(self) -> None:
        """Offer again what was there to be picked: a yes to it tells nothing."""
        if any(prompt.choices or prompt.listed for prompt in self._turn.state.last):
            await self.say_again(self._turn.state.last)
        else:
            self.menu()

    async def deny(self) -> None:
        filling = self._turn.top
        if filling is None:
            self._turn.say(Prompt("dialogue.as_you_like"))
        elif filling.awaiting == EDIT:
            await self._progress.advance(filling)
        elif filling.awaiting == CONFIRM and filling.editable():
            self._what_to_change(filling)
        elif filling.awaiting == CONFIRM:
            await self._leave(filling, "declined")
        elif filling.form.optional(filling.awaited_slot):
            await self.skip()
        else:
            self.miss(filling)

    def _was_shown(self, filling: Filling) -> bool:
        shown = self._turn.shown
        return (
            shown is not None
            and shown.awaiting == CONFIRM
            and shown.task == filling.task.name
            and shown.known == filling.draft.known
            and not shown.before_a_person
        )

    # --- changing -----------------------------------------------------------------------------

    async def edit(self, slot: str) -> None:
        filling = self._turn.top
        if filling is None:
            self.nothing_open()
        elif slot in filling.editable():
            filling.wait_for(slot)
            self._turn.ask = True
        elif filling.editable():
            self._what_to_change(filling)
        else:
            self._turn.ask = True

    def _what_to_change(self, filling: Filling) -> None:
        """Ask which; where only one can be changed, ask for it."""
        slots = filling.editable()
        filling.wait_for(slots[0] if len(slots) == 1 else EDIT)
        self._turn.ask = True

    async def back(self) -> None:
        filling = self._turn.top
        if filling is None:
            await self._to_list_before()
            return
        self._turn.ask = True
        if filling.awaiting == EDIT:
            await self._progress.advance(filling)
        elif slot := filling.asked_before():
            filling.wait_for(slot)
        elif filling.awaiting == CONFIRM and filling.editable():
            self._what_to_change(filling)
        else:
            self._turn.say(Prompt("dialogue.nothing_before"))

    async def _to_list_before(self) -> None:
        """Show again the list that was looked at before what is on the screen."""
        trail = shortened(self._turn.trail, self._turn.menus)
        self._turn.trail = trail
        if not trail or not await self.leaf(trail[-1], trail[-1].page):
            self.nothing_open()

    async def skip(self) -> None:
        filling = self._turn.top
        if filling is None:
            self.nothing_open()
            return
        self._turn.ask = True
        slot = filling.awaited_slot
        if filling.awaiting == COMING:
            await self._go_without(filling)
        elif filling.awaiting == EDIT or slot in filling.known:
            await self._progress.advance(filling)
        elif slot and filling.form.optional(slot):
            filling.skip(slot)
            await self._progress.advance(filling)
        elif slot:
            self._turn.say(Prompt("dialogue.cannot_skip"))

    async def _go_without(self, filling: Filling) -> None:
        """Wait no more for files that need not be there."""
        for slot in filling.draft.coming:
            if slot in filling.known:
                filling.expect_no_more(slot)
            elif filling.form.optional(slot):
                filling.skip(slot)
            else:
                self._turn.say(Prompt("dialogue.cannot_skip"))
        await self._progress.advance(filling)

    # --- leaving ------------------------------------------------------------------------------

    async def cancel(self) -> None:
        if self._turn.top is None:
            self._turn.say(Prompt("dialogue.nothing_to_cancel"))
        else:
            await self._leave(self._turn.top, "cancelled")

    async def _leave(self, filling: Filling, how: str) -> None:
        self._turn.fillings.remove(filling)
        self._turn.say(Prompt(self._turn.own_key(filling.task.name, how)))
        await self._progress.go_on(filling.draft.later)

    async def restart(self) -> None:
        if self._turn.top is None:
            self.menu()
            return
        self._turn.say(Prompt("dialogue.restarted"))
        await self._progress.restart(self._turn.top)

    # --- finding one's way --------------------------------------------------------------------

    async def repeat(self) -> None:
        if not self._turn.state.last and self._turn.top is None:
            self.menu()
        await self.say_again(self._turn.state.last)
        self._turn.ask = True

    async def say_again(self, prompts: Sequence[Prompt]) -> None:
        for prompt in prompts:
            listed = prompt.listed
            if listed is None or not await self.leaf(listed, listed.page):
                self._turn.say(prompt)

    async def leaf(self, listed: Listed, page: int, shown: Iterable[str] = ()) -> bool:
        """Show a page of results as they are now; False where nobody can look any more.

        `shown` is what stands on the page that is turned.
        """
        task = self._turn.tasks.find(listed.task)
        if task is None or not task.query:
            return False
        filling = Filling(task, Draft(task=task.name, known=listed.slots), self._turn.context)
        filling.starts = listed.starts[:page]
        filling.seen = frozenset(shown if page > listed.page else ())
        # Another page is no other task: it is not counted as one, and pushes none out.
        self._turn.fillings.append(filling)
        await self._progress.complete(filling)
        return True

    def menu(self) -> None:
        self.offer("dialogue.menu")

    def help(self, slot: str = "") -> None:
        """Say what can be done or, of a slot of the open task, why it is asked for."""
        filling = self._turn.top
        if filling is None or not filling.form.has(slot):
            self.offer("dialogue.help")
            return
        plain = "dialogue.why.optional" if filling.form.optional(slot) else "dialogue.why"
        own = f"{filling.task.name}.{slot}.why"
        self._turn.say(Prompt(own if self._turn.wording.has(own) else plain))
        self._turn.ask = True

    async def greet(self) -> None:
        """Say hello; who is new is told what they may do here.

        Where contacts come for one thing, that begins; who has begun it is told how far they are.
        """
        top, main = self._turn.top, self._turn.tasks.main
        self._turn.ask = True
        if top is not None and (standing := await top.flow.standing(top.known)):
            self._turn.say(standing)
        elif top is None and main is not None:
            await self._begin(main.name)
        elif top is not None or self._turn.greeted:
            self.offer("dialogue.greeting")
        else:
            self._turn.say(self._turn.tasks.welcome())

    async def _begin(self, task_name: str) -> None:
        """Begin what contacts come for: who has nothing left to tell for it needs no welcome."""
        place = len(self._turn.said)
        await self._progress.start(Start(task_name))
        if self._turn.top is not None:
            greeting = Prompt(self._turn.own_key(task_name, "greeting.told"))
            self._turn.said.insert(place, Saying(greeting))

    def thank(self) -> None:
        self._turn.say(Prompt("dialogue.welcome"))
        self._turn.ask = True

    def remark(self) -> None:
        self._turn.say(Prompt("dialogue.remark"))
        self._turn.ask = True

    def offer(self, key: str) -> None:
        """Say what can be done: for picking, or, in the middle of a task, for reading."""
        turn = self._turn
        turn.say(turn.tasks.menu(key) if turn.top is None else turn.tasks.told(key))
        turn.ask = True

    def nothing_open(self) -> None:
        self.offer("dialogue.nothing_open")

    # --- not understood -----------------------------------------------------------------------

    def miss(self, filling: Filling) -> None:
        """Ask again with an example; after two misses a person is offered too."""
        filling.missed()
        self._turn.ask = True
        if not filling.awaited_slot:
            again = filling.draft.misses >= MISSES_UNTIL_PERSON
            self._turn.say(Prompt(f"dialogue.{'stuck' if again else 'not_understood_here'}"))

    def cannot_answer(self, filling: Filling) -> None:
        """Say who can answer what was asked instead of answered, and put our question again."""
        filling.missed()
        filling.question = None
        self._turn.ask = True
        self._turn.say(Prompt("dialogue.cannot_answer"))

    async def puzzled(self, likely: tuple[Start, ...]) -> None:
        """Ask what was meant, offering the likeliest; after two misses, a person."""
        self._turn.misses += 1
        again = self._turn.misses >= MISSES_UNTIL_PERSON
        if likely:
            meant = tuple(start(one.task, one) for one in likely)
            self._turn.say(
                Prompt("dialogue.did_you_mean", choices=_with_a_way_out(meant, again=again))
            )
        elif again:
            self._turn.say(Prompt("dialogue.offer_person", choices=(PERSON, _MENU)))
        elif not self._turn.greeted:
            await self.greet()
        else:
            self.offer("dialogue.not_understood")


def _with_a_way_out(meant: tuple[Choice, ...], *, again: bool) -> tuple[Choice, ...]:
    """Offer three at most: the likeliest, and a person or the menu where none of them may fit."""
    if again:
        return (*meant[: _LIKELY_AT_MOST - 1], PERSON)
    return (*meant, _MENU) if len(meant) == 1 else meant[:_LIKELY_AT_MOST]
