"""What a contact asked for besides: it follows the open task, one thing after the other."""

from collections.abc import Sequence

from msgspec.structs import replace

from sokoni.dialogue.filling import CONFIRM, Filling
from sokoni.dialogue.menus import KEPT
from sokoni.dialogue.several import thing_of
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.turn import Turn
from sokoni.dialogue.values import loaded
from sokoni.messaging.prompts import Choice, Lines, Prompt, Start, Worded


def announced(key: str, later: Sequence[Start], tasks: Tasks) -> Prompt:
    """Name what comes later, so that nobody thinks it was not heard."""
    return Prompt(key, {"others": Lines(tuple(name_of(one, tasks) for one in later))})


def name_of(start: Start, tasks: Tasks) -> str | Worded:
    """Return what a start is about, in the contact's words."""
    task = tasks.find(start.task)
    slot = "" if task is None else task.form.item()
    known = {} if task is None else loaded(task.form, start.slots)
    return str(known[slot]) if slot in known else Worded(f"menu.{start.task}")


def alone(start: Start) -> tuple[Start, ...]:
    """Return a start and all that comes after it, each for itself."""
    return replace(start, later=()), *start.later


def another(filling: Filling, start: Start) -> bool:
    """Tell whether the start is about another thing than the draft."""
    form = filling.form
    thing, other = thing_of(form, filling.draft.known), thing_of(form, start.slots)
    return bool(thing and other) and thing != other


def left_over(filling: Filling, start: Start) -> tuple[Start, ...]:
    """Return what of a draft that another one takes the place of is not to be lost.

    What stood before the contact for their yes is asked about again afterwards.
    """
    later = filling.draft.later
    if filling.awaiting != CONFIRM or not another(filling, start):
        return later
    return Start(filling.task.name, filling.draft.known), *later


def leads_on(prompt: Prompt) -> bool:
    """Tell whether something that is chosen begins a task, which others can follow."""
    return any(isinstance(choice.command, Start) for choice in prompt.choices)


def leading_to(prompt: Prompt, later: tuple[Start, ...]) -> Prompt:
    """Have whatever is chosen be followed by what comes later."""
    return replace(prompt, choices=tuple(_leading(one, later) for one in prompt.choices))


def _leading(choice: Choice, later: tuple[Start, ...]) -> Choice:
    command = choice.command
    if not isinstance(command, Start):
        return choice
    return replace(choice, command=replace(command, later=(*command.later, *later)))


def is_full(turn: Turn) -> bool:
    """Tell whether a message holds no more results: older menus would be forgotten."""
    return sum(bool(saying.prompt.choices) for saying in turn.said) >= KEPT
