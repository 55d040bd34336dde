"""Moves a task on: start it, take values, ask what is missing, sum up, do it, resume."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Final

import msgspec
from pydantic import ValidationError

from sokoni.dialogue import consenting, paging
from sokoni.dialogue.filling import COMING, CONFIRM, EDIT, Filling
from sokoni.dialogue.flow import AnswerRefused, Fills, Outcome
from sokoni.dialogue.later import (
    alone,
    announced,
    another,
    is_full,
    leading_to,
    leads_on,
    left_over,
    name_of,
)
from sokoni.dialogue.manifest import Task
from sokoni.dialogue.questions import (
    asking,
    coming,
    resuming,
    what_to_change,
    which_one,
    with_answers,
)
from sokoni.dialogue.state import Draft
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.undoing import undoable
from sokoni.dialogue.values import Json, dumped
from sokoni.errors import AppError
from sokoni.messaging.prompts import Prompt, Start, Unclear

_MOST_TASKS_AT_ONCE: Final = 8
_NOTHING: Final[Mapping[str, Unclear]] = {}


class EndlessTasksError(AppError):
    """Tasks that start one another without ever asking anything."""

    code = "endless_tasks"
    http_status = 500


class Progress:
    """Works on the turn's open task."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._finished = 0

    def begin(self) -> None:
        """Take the next thing heard: only tasks that one of them starts can be endless."""
        self._finished = 0

    # --- starting -----------------------------------------------------------------------------

    async def start(self, start: Start) -> bool:
        """Open the task, or go on with its draft; False where there is no such task."""
        task = self._turn.tasks.find(start.task)
        if task is None:
            return False
        later = start.later
        filling = self._turn.open(task.name)
        if filling is not None and not task.sole and filling.differs(start.slots):
            if self._turn.asks_anew and another(filling, start):
                # Said in one breath with the open task, which nobody has seen yet.
                self.follow_with(filling, alone(start))
                return True
            self._turn.fillings.pop()
            later = (*later, *left_over(filling, start))
            filling = None
        if filling is None:
            filling = await self._opened(task)
        filling.follow_with(later)
        await self.take(filling, start.slots, start.unclear)
        return True

    def follow_with(self, filling: Filling, later: Sequence[Start]) -> None:
        """Go on with the open task, and say what comes after it; a query is answered at once."""
        if later:
            filling.follow_with(later)
            self._turn.ask = True
        if not filling.task.in_passing:
            self._announce("dialogue.later", later)

    def announce_after(self, start: Start) -> None:
        """Say what comes after a task; queries are answered one after the other at once."""
        task = self._turn.tasks.find(start.task)
        if task is not None and not task.in_passing:
            self._announce("dialogue.later", start.later)

    def _announce(self, key: str, later: Sequence[Start]) -> None:
        if later:
            self._turn.say(announced(key, later, self._turn.tasks))

    async def go_on(self, later: Sequence[Start], *, noted: bool = True) -> None:
        """Begin what the contact asked for besides, else go back to the task that was left."""
        for place, start in enumerate(later):
            task = self._turn.tasks.find(start.task)
            if task is None:
                continue
            if task.in_passing and is_full(self._turn):
                self._announce("dialogue.write_again", later[place:])
                break
            if not task.in_passing:
                name = name_of(start, self._turn.tasks)
                self._turn.say(Prompt("dialogue.next", {"thing": name}))
            rest = (*start.later, *later[place + 1 :])
            await self.start(msgspec.structs.replace(start, later=rest))
            return
        await self.resume(noted=noted)

    async def restart(self, filling: Filling) -> None:
        self._turn.fillings.remove(filling)
        first = self._turn.tasks.find(filling.task.step_of) or filling.task
        anew = await self._opened(first)
        anew.follow_with(filling.draft.later)
        await self.advance(anew)

    async def _opened(self, task: Task) -> Filling:
        filling = Filling(task, Draft(task=task.name), self._turn.context)
        await filling.prefill()
        self._turn.push(filling)
        return filling

    # --- answers ------------------------------------------------------------------------------

    async def take(
        self, filling: Filling, values: Json, unclear: Mapping[str, Unclear] = _NOTHING
    ) -> None:
        """Set slots, let the flow check them, ask what was meant where that is open, and go on."""
        refusals = [
            refused
            for slot in filling.take(values)
            if (refused := await self._refusal(filling, slot)) is not None
        ]
        asked = [slot for slot in filling.form.slots_to_ask() if slot in unclear]
        first = asked[0] if asked and not refusals else ""
        for slot, said in unclear.items():
            if slot != first:
                self._turn.say(Prompt("dialogue.left_out", {"said": said.said}))
        if refusals:
            await self.refuse(filling, refusals)
        elif first:
            self._ask_which(filling, first, unclear[first])
        else:
            await self.advance(filling)

    def _ask_which(self, filling: Filling, slot: str, unclear: Unclear) -> None:
        """Ask for a slot of which something was said, offering what that may have meant."""
        if slot == filling.awaited_slot:
            filling.missed()
        worded = self._turn.wording.has(f"{filling.task.name}.{slot}.unclear")
        language = self._turn.context.scene.languages[0]
        filling.wait_for(slot, which_one(filling, slot, unclear, language, worded=worded))
        self._turn.ask = True

    async def fill(self, fills: Fills) -> None:
        """Give an open task what it waited for; what is not on top takes it without a word."""
        filling = next((one for one in self._turn.fillings if one.task.name == fills.task), None)
        if filling is None:
            return
        values = {slot: dumped(filling.form, slot, one) for slot, one in fills.known.items()}
        there = {slot: raw for slot, raw in values.items() if raw is not None}
        if filling is self._turn.top:
            await self.take(filling, there)
        else:
            filling.take(there)

    async def _refusal(self, filling: Filling, slot: str) -> AnswerRefused | None:
        if slot not in filling.known:
            return None
        try:
            await filling.flow.check(slot, filling.known)
        except AnswerRefused as refused:
            filling.put_back(refused)
            return refused
        return None

    async def refuse(self, filling: Filling, refusals: Sequence[AnswerRefused]) -> None:
        """Put back what cannot be used; the first refusal becomes the question.

        What nobody can be asked for is told, and the task goes on without it.
        """
        for refused in refusals:
            filling.put_back(refused)
        asked = [one for one in refusals if filling.is_asked(one.slot)]
        if asked:
            self._ask_again(filling, asked[0])
        else:
            self._turn.say(refusals[0].prompt)
            await self.advance(filling)

    def _ask_again(self, filling: Filling, refused: AnswerRefused) -> None:
        filling.put_back(refused)
        filling.wait_for(refused.slot, refused.prompt)
        self._turn.ask = True

    async def advance(self, filling: Filling) -> None:
        """Ask the next question, sum up, or, where nothing is committed, do it."""
        self._turn.ask = True
        missing = filling.missing()
        if missing:
            filling.wait_for(missing)
        elif filling.draft.coming:
            filling.wait_for(COMING, coming(filling))
        else:
            await self._sum_up(filling)

    async def _sum_up(self, filling: Filling) -> None:
        try:
            summary = await filling.flow.summary(filling.filled())
        except AnswerRefused as refused:
            self._ask_again(filling, refused)
        except ValidationError as error:
            self._reopen(filling, error)
        else:
            if summary is None:
                await self.complete(filling)
            else:
                summary = await consenting.asked(self._turn, filling, summary)
                filling.wait_for(CONFIRM, with_answers(filling, summary))

    def _reopen(self, filling: Filling, error: ValidationError) -> None:
        """Ask again for what does not go together with the rest, though allowed by itself."""
        named = [str(fault["loc"][0]) for fault in error.errors() if fault["loc"]]
        slot = next(
            (name for name in named if filling.form.has(name)),
            filling.form.slots_to_ask()[-1],
        )
        self._turn.ask = True
        filling.forget(slot)
        filling.wait_for(slot, Prompt(f"{filling.task.name}.{slot}.not_understood"))

    # --- doing it -----------------------------------------------------------------------------

    async def complete(self, filling: Filling) -> None:
        """Do it. A refusal undoes what was written and asks again."""
        try:
            form = filling.filled()
        except ValidationError as error:
            self._reopen(filling, error)
            return
        self._turn.context.followed = bool(filling.draft.later)
        try:
            async with nullcontext() if filling.task.query else undoable(self._turn.context):
                outcome = await paging.outcome(self._turn, filling, form)
                await consenting.given(self._turn, filling, outcome)
        except AnswerRefused as refused:
            await self.refuse(filling, [refused])
            return
        self._turn.fillings.remove(filling)
        await self._follow(filling, outcome)

    async def _follow(self, filling: Filling, outcome: Outcome) -> None:
        filling.finished = True
        self._finished += 1
        if self._finished > _MOST_TASKS_AT_ONCE:
            raise EndlessTasksError(filling.task.name)
        later, prompt, then = filling.draft.later, outcome.prompt, outcome.then
        if outcome.ends:
            self._turn.fillings.clear()
            later = ()
        if outcome.asks and later and prompt is not None and leads_on(prompt):
            self._announce("dialogue.later", later)
            prompt, later = leading_to(prompt, later), ()
        if prompt is not None:
            self._turn.say(prompt)
        if then is not None:
            then = msgspec.structs.replace(then, later=(*then.later, *later))
        if outcome.asks and not later:
            self._turn.ask = False
        elif then is None or not await self.start(then):
            await self._ask_afterwards(filling, prompt, later)
            await self.go_on(later, noted=not filling.task.in_passing or bool(filling.draft.asked))

    async def _ask_afterwards(
        self, filling: Filling, prompt: Prompt | None, later: Sequence[Start]
    ) -> None:
        """Ask what may be asked at the end of a task, where nothing else is to be answered."""
        turn = self._turn
        # Whoever is to pay by a link has something to do.
        busy = later or turn.fillings or (prompt is not None and prompt.link_url)
        if filling.awaiting != CONFIRM or busy:
            return
        for handler in turn.tasks.afterwards:
            asked = await handler(turn.context, filling.task.name)
            if asked is not None:
                turn.say(asked)
                return

    async def resume(self, *, noted: bool = True) -> None:
        """Go back to the task that was left for the one that ended, where it is still one."""
        self._turn.ask = True
        await self._let_go()
        top = self._turn.top
        if top is not None and noted:
            self._turn.say(resuming(top.task))

    async def _let_go(self) -> None:
        """End the tasks that are about something that is no longer there."""
        while (top := self._turn.top) and (over := await top.flow.over(top.known)):
            self._turn.fillings.remove(top)
            self._turn.say(over)

    # --- the open question --------------------------------------------------------------------

    async def question(self) -> Prompt | None:
        """Put the open question together."""
        filling = self._turn.top
        if filling is None:
            return None
        if filling.question is None and filling.awaiting in {CONFIRM, COMING}:
            await self.advance(filling)
            return await self.question() if self._turn.top is not filling else filling.question
        if filling.question is None:
            filling.question = what_to_change(filling) if filling.awaiting == EDIT else None
        if not filling.awaited_slot:
            return filling.question
        filling.question = await self._asked(filling)
        return filling.question

    async def _asked(self, filling: Filling) -> Prompt:
        slot = filling.awaited_slot
        prompt = filling.question or Prompt(f"{filling.task.name}.{slot}.ask")
        choices = prompt.choices or tuple(await filling.flow.choices(slot, filling.told))
        return asking(filling, prompt, choices)
