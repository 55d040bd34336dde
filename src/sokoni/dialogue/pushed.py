"""Answers to what was said unasked: whose they are, who hears of them, what they begin."""

from collections.abc import Iterable
from typing import Final

import msgspec

from sokoni.channels.inbound import Message
from sokoni.dialogue.manifest import Reply
from sokoni.dialogue.menus import LIFE_UNASKED, tapped
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.state import Pushed
from sokoni.dialogue.turn import Turn
from sokoni.messaging.prompts import Ask, Command, Confirm, SetSlots, Start

_KEPT: Final = 4
_MEANS_NOTHING: Final = (Ask, Confirm, SetSlots)
"""What words come to where no task is open that they could be about."""


async def hear(turn: Turn, message: Message) -> None:
    """Let who pushed something know that it was answered."""
    if not turn.pushed:
        return
    one = _answered(turn, message)
    handler = turn.tasks.replies.get(one.push.name) if one is not None else None
    if one is None or handler is None:
        return
    reply = Reply(tapped=_choice(turn, message), reply_to=message.reply_to)
    await handler(turn.context, one.push, reply)


def led_on(turn: Turn, command: Command) -> Command:
    """Return what words begin that answer what was pushed last, and mean nothing else."""
    if not isinstance(command, _MEANS_NOTHING) or turn.top is not None or not turn.pushed:
        return command
    last = turn.pushed[-1]
    if last.answered or not last.push.task or turn.tasks.find(last.push.task) is None:
        return command
    return Start(last.push.task)


def kept(turn: Turn, sayings: Iterable[Saying]) -> tuple[Pushed, ...]:
    """Return what may be answered yet."""
    now = turn.context.now
    pushes = (one.prompt.push for one in sayings)
    new = [Pushed(push=push, at=now) for push in pushes if push is not None]
    old = [_after(one, turn) for one in turn.pushed if one.at > now - LIFE_UNASKED]
    return (*old, *new)[-_KEPT:]


def _after(one: Pushed, turn: Turn) -> Pushed:
    return msgspec.structs.replace(one, answered=True) if turn.touched else one


def _answered(turn: Turn, message: Message) -> Pushed | None:
    """Return what a tap answers, else the last that was said before it."""
    found = tapped(turn.menus, message.choice_id) if message.choice_id else None
    if found is not None:
        return next((one for one in turn.pushed if one.at == found.menu.at), None)
    return turn.pushed[-1] if not turn.pushed[-1].answered or message.reply_to else None


def _choice(turn: Turn, message: Message) -> str:
    found = tapped(turn.menus, message.choice_id) if message.choice_id else None
    return "" if found is None else found.choice.id
