"""How a task asks: for a slot, for which of several values, for yes, for what to change."""

from typing import Final

import msgspec

from sokoni.dialogue.filling import Filling
from sokoni.dialogue.form import Form
from sokoni.dialogue.manifest import Task
from sokoni.dialogue.values import label_of, loaded
from sokoni.messaging.prompts import (
    Choice,
    Confirm,
    Deny,
    Edit,
    HandOver,
    Prompt,
    SetSlots,
    Skip,
    Unclear,
    Worded,
)

YES: Final = Choice("yes", command=Confirm())
NO: Final = Choice("no", command=Deny())
CHANGE: Final = Choice("edit", command=Edit())
SKIP: Final = Choice("skip", command=Skip())
PERSON: Final = Choice("person", command=HandOver())

MISSES_UNTIL_PERSON: Final = 2


def resuming(task: Task) -> Prompt:
    """Say which task goes on, where the contact knows it by name."""
    if not task.in_menu:
        return Prompt("dialogue.resuming_other")
    return Prompt("dialogue.resuming", {"task": Worded(f"menu.{task.name}")})


def which_one(
    filling: Filling, slot: str, unclear: Unclear, language: str, *, worded: bool
) -> Prompt:
    """Ask for a slot of which something was said, offering what that may have meant.

    `worded`: the task has words of its own for it; else it was simply not understood.
    """
    key = f"{filling.task.name}.{slot}.{'unclear' if worded else 'not_understood'}"
    meant = _meant(filling.form, slot, unclear, language)
    return Prompt(key, {"said": unclear.said}, meant)


def _meant(form: type[Form], slot: str, unclear: Unclear, language: str) -> tuple[Choice, ...]:
    """Return a choice for each value that may have been meant, told apart by their labels."""
    labelled: dict[str, msgspec.Raw] = {}
    for raw in unclear.candidates:
        for value in loaded(form, {slot: raw}).values():
            labelled.setdefault(label_of(value, language), raw)
    return tuple(
        Choice(f"{slot}.{number}", label, command=SetSlots({slot: raw}))
        for number, (label, raw) in enumerate(labelled.items(), 1)
    )


def asking(filling: Filling, prompt: Prompt, choices: tuple[Choice, ...]) -> Prompt:
    """Return the question for the awaited slot, with its choices and the ways around it."""
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
        numbered=prompt.numbered or form.slot(slot).numbered,
        # What the channel has a button for: a place is not asked for beside choices.
        ask_location=prompt.ask_location or (form.slot(slot).pin and not offered),
        ask_contact=prompt.ask_contact or (form.wants_phone(slot) and not choices),
    )


def with_answers(filling: Filling, summary: Prompt) -> Prompt:
    """Add Yes, and Edit or No, to a summary that does not bring its own."""
    own = {choice.id for choice in summary.choices}
    other = CHANGE if filling.editable() else NO
    usual = (YES,) if own & {"no", "edit"} else (YES, other)
    added = tuple(choice for choice in usual if choice.id not in own)
    return msgspec.structs.replace(summary, choices=(*added, *summary.choices))


def coming(filling: Filling) -> Prompt:
    """Say that a file is on its way, which may be gone without."""
    optional = all(filling.form.optional(slot) for slot in filling.draft.coming)
    return Prompt("dialogue.file_coming", choices=(SKIP,) if optional else ())


def what_to_change(filling: Filling) -> Prompt:
    """Ask which of the slots is to be changed."""
    return Prompt(
        "dialogue.what_to_change",
        choices=tuple(
            Choice(slot, Worded(f"{filling.task.name}.{slot}.label"), command=Edit(slot))
            for slot in filling.editable()
        ),
    )
