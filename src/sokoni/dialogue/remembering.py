"""What a conversation remembers of a turn: its drafts, its menus, what was said last."""

from collections.abc import Sequence

import msgspec

from sokoni.dialogue.menus import kept
from sokoni.dialogue.pushed import kept as kept_pushed
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.state import DialogueState, MenuShown
from sokoni.dialogue.trail import lengthened
from sokoni.dialogue.turn import Turn
from sokoni.messaging.prompts import Prompt


def remembered(turn: Turn, sayings: Sequence[Saying], menus: Sequence[MenuShown]) -> DialogueState:
    """Return what to remember."""
    top = turn.top
    task, slot = (top.task.name, top.awaiting) if top else ("", "")
    if turn.unasked:
        menus = [msgspec.structs.replace(menu, unasked=not menu.task) for menu in menus]
    # What the worker keeps beside it stays as it is.
    return msgspec.structs.replace(
        turn.state,
        drafts=tuple(filling.draft for filling in turn.fillings),
        menus=kept((*turn.state.menus, *menus), task, slot),
        question_last=_question_last(turn, sayings),
        last=_to_repeat(turn, sayings),
        trail=lengthened(turn.trail, (one.prompt.listed for one in sayings if one.prompt.listed)),
        misses=turn.misses,
        pushed=kept_pushed(turn, sayings),
        greeted=turn.greeted or bool(sayings),
        touched_at=turn.context.now if turn.touched else turn.state.touched_at,
        nudged=turn.nudged and not turn.touched,
    )


def _question_last(turn: Turn, sayings: Sequence[Saying]) -> bool:
    """Tell whether the open question stands after all that may be chosen."""
    if not sayings:
        return turn.state.question_last
    return bool(sayings[-1].task) and not any(one.prompt.choices for one in sayings)


def _to_repeat(turn: Turn, sayings: Sequence[Saying]) -> tuple[Prompt, ...]:
    """Keep what was said, but for the open question, which is put together anew."""
    # What stood there before a person came is wanted again when they have left.
    if not sayings or turn.wishes.hand_over:
        return turn.state.last
    return tuple(_recalled(saying.prompt) for saying in sayings if not saying.task)


def _recalled(prompt: Prompt) -> Prompt:
    """Keep of results where they are found: they may be others when they are said again."""
    return prompt if prompt.listed is None else msgspec.structs.replace(prompt, choices=())
