"""Moves a task on: start it, take values, ask what is missing, sum up, do it, resume."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from sokoni.channels.ladder import Room
from sokoni.dialogue import paging
from sokoni.dialogue.filling import CONFIRM, EDIT, FIRST_PAGE, Filling
from sokoni.dialogue.flow import AnswerRefused, Outcome
from sokoni.dialogue.form import Form
from sokoni.dialogue.manifest import Task
from sokoni.dialogue.state import Draft
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.values import Json, dumped, loaded
from sokoni.errors import AppError
from sokoni.messaging.prompts import (
    Choice,
    Confirm,
    Deny,
    Edit,
    HandOver,
    Prompt,
    Skip,
    Start,
    Worded,
)

YES: Final = Choice("yes", command=Confirm())
NO: Final = Choice("no", command=Deny())
CHANGE: Final = Choice("edit", command=Edit())
SKIP: Final = Choice("skip", command=Skip())
PERSON: Final = Choice("person", command=HandOver())

MISSES_UNTIL_PERSON: Final = 2
_MOST_TASKS_AT_ONCE: Final = 8


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
        filling = self._turn.open(task.name)
        if filling is not None and _differs(filling, start.slots):
            self._turn.fillings.pop()
            filling = None
        if filling is None:
            filling = await self._opened(task)
        await self.take(filling, start.slots)
        return True

    async def restart(self, filling: Filling) -> None:
        self._turn.fillings.remove(filling)
        await self.advance(await self._opened(filling.task))

    async def _opened(self, task: Task) -> Filling:
        filling = Filling(task, Draft(task=task.name), self._turn.context)
        filling.take(_json(filling, await filling.flow.prefill()))
        self._turn.push(filling)
        return filling

    # --- answers ------------------------------------------------------------------------------

    async def take(self, filling: Filling, values: Json) -> None:
        """Set slots, let the flow check them, and go on."""
        refusals = [
            refused
            for slot in filling.take(values)
            if (refused := await self._refusal(filling, slot)) is not None
        ]
        if refusals:
            self.refuse(filling, refusals)
        else:
            await self.advance(filling)

    async def _refusal(self, filling: Filling, slot: str) -> AnswerRefused | None:
        if slot not in filling.known:
            return None
        try:
            await filling.flow.check(slot, filling.known)
        except AnswerRefused as refused:
            filling.forget(refused.slot)
            return refused
        return None

    def refuse(self, filling: Filling, refusals: Sequence[AnswerRefused]) -> None:
        """Forget what cannot be used; the first refusal becomes the question."""
        for refused in refusals:
            filling.forget(refused.slot)
        first = refusals[0]
        filling.wait_for(first.slot, first.prompt)
        self._turn.ask = True

    async def advance(self, filling: Filling) -> None:
        """Ask the next question, sum up, or, where nothing is committed, do it."""
        self._turn.ask = True
        missing = filling.missing()
        if missing:
            filling.wait_for(missing)
            return
        try:
            summary = await filling.flow.summary(filling.filled())
        except AnswerRefused as refused:
            self.refuse(filling, [refused])
        except ValidationError as error:
            self._reopen(filling, error)
        else:
            if summary is None:
                await self.complete(filling)
            else:
                filling.wait_for(CONFIRM, _with_answers(filling, summary))

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
        try:
            async with self._undoable(filling.task):
                outcome = await self._outcome(filling, form)
        except AnswerRefused as refused:
            self.refuse(filling, [refused])
            return
        self._turn.fillings.remove(filling)
        await self._follow(filling, outcome)

    async def _outcome(self, filling: Filling, form: Form) -> Outcome:
        """Show what there is to list; where there is nothing, complete the task."""
        page = await paging.found(filling, form, Room.of(self._turn.limits))
        if page is not None:
            return page
        if filling.starts == FIRST_PAGE and not filling.seen:
            return await filling.flow.complete(form)
        # What is left may have moved to where something else was shown.
        self._turn.say(Prompt("dialogue.list_changed"))
        filling.starts, filling.seen = FIRST_PAGE, frozenset()
        return await self._outcome(filling, form)

    async def _follow(self, filling: Filling, outcome: Outcome) -> None:
        filling.finished = True
        self._finished += 1
        if self._finished > _MOST_TASKS_AT_ONCE:
            raise EndlessTasksError(filling.task.name)
        if outcome.prompt is not None:
            self._turn.say(outcome.prompt)
        if outcome.asks:
            self._turn.ask = False
        elif outcome.then is None or not await self.start(outcome.then):
            self.resume(noted=not filling.task.query or bool(filling.draft.asked))

    def resume(self, *, noted: bool = True) -> None:
        """Go back to the task that was left for the one that ended."""
        self._turn.ask = True
        top = self._turn.top
        if top is not None and noted:
            self._turn.say(_resuming(top.task))

    @asynccontextmanager
    async def _undoable(self, task: Task) -> AsyncIterator[None]:
        if task.query:
            yield
            return
        context = self._turn.context
        told, timed, asked = len(context.tells), len(context.timers), len(context.asks)
        renamed = context.renamed_to
        try:
            async with context.session.begin_nested():
                yield
        except AnswerRefused:
            del context.tells[told:]
            del context.timers[timed:]
            del context.asks[asked:]
            context.renamed_to = renamed
            raise

    # --- the open question --------------------------------------------------------------------

    async def question(self) -> Prompt | None:
        """Put the open question together."""
        filling = self._turn.top
        if filling is None:
            return None
        if filling.question is None and filling.awaiting == CONFIRM:
            await self.advance(filling)
            return await self.question() if self._turn.top is not filling else filling.question
        if filling.question is None:
            filling.question = _what_to_change(filling) if filling.awaiting == EDIT else None
        if not filling.awaited_slot:
            return filling.question
        filling.question = await self._asked(filling)
        return filling.question

    async def _asked(self, filling: Filling) -> Prompt:
        slot = filling.awaited_slot
        prompt = filling.question or Prompt(f"{filling.task.name}.{slot}.ask")
        choices = prompt.choices or tuple(await filling.flow.choices(slot, filling.known))
        return _asking(filling, prompt, choices)


def _resuming(task: Task) -> Prompt:
    if not task.in_menu:
        return Prompt("dialogue.resuming_other")
    return Prompt("dialogue.resuming", {"task": Worded(f"menu.{task.name}")})


def _asking(filling: Filling, prompt: Prompt, choices: tuple[Choice, ...]) -> Prompt:
    form, slot = filling.form, filling.awaited_slot
    helpful: tuple[Choice, ...] = ()
    if form.optional(slot):
        helpful += (SKIP,)
    if filling.draft.misses >= MISSES_UNTIL_PERSON:
        helpful += (PERSON,)
    known_ids = {choice.id for choice in choices}
    offered = (*choices, *(choice for choice in helpful if choice.id not in known_ids))
    return msgspec.structs.replace(
        prompt,
        choices=offered,
        # What the channel has a button for: a place is not asked for beside choices.
        ask_location=prompt.ask_location or (form.slot(slot).pin and not offered),
        ask_contact=prompt.ask_contact or (form.wants_phone(slot) and not choices),
    )


def _with_answers(filling: Filling, summary: Prompt) -> Prompt:
    """Add Yes, and Edit or No, to a summary that does not bring its own."""
    own = {choice.id for choice in summary.choices}
    other = CHANGE if filling.editable() else NO
    usual = (YES,) if own & {"no", "edit"} else (YES, other)
    added = tuple(choice for choice in usual if choice.id not in own)
    return _with_choices(summary, (*added, *summary.choices))


def _what_to_change(filling: Filling) -> Prompt:
    return Prompt(
        "dialogue.what_to_change",
        choices=tuple(
            Choice(slot, Worded(f"{filling.task.name}.{slot}.label"), command=Edit(slot))
            for slot in filling.editable()
        ),
    )


def _with_choices(prompt: Prompt, choices: tuple[Choice, ...]) -> Prompt:
    return msgspec.structs.replace(prompt, choices=choices)


def _json(filling: Filling, known: Any) -> Json:  # noqa: ANN401 - any slot's own type
    values = {slot: dumped(filling.form, slot, value) for slot, value in known.items()}
    return {slot: raw for slot, raw in values.items() if raw is not None}


def _differs(filling: Filling, values: Json) -> bool:
    """Tell whether the draft says otherwise: then the contact means another one."""
    fresh = loaded(filling.form, values)
    return any(filling.known.get(slot, value) != value for slot, value in fresh.items())
