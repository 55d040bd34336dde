"""What a flow does is done whole, or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sokoni.dialogue.flow import AnswerRefused, TurnContext


@asynccontextmanager
async def undoable(context: TurnContext) -> AsyncIterator[None]:
    """Do something of which a refusal leaves nothing: neither rows nor what is to be told."""
    wanted: tuple[list[Any], ...] = (
        context.tells,
        context.timers,
        context.asks,
        context.for_staff,
    )
    before, renamed = [len(one) for one in wanted], context.renamed_to
    try:
        async with context.session.begin_nested():
            yield
    except AnswerRefused:
        for one, length in zip(wanted, before, strict=True):
            del one[length:]
        context.renamed_to = renamed
        raise
