"""Silence: when a half-done task is recalled, and when it is let go."""

from datetime import datetime, timedelta
from typing import Final

from sokoni.dialogue.state import DialogueState
from sokoni.dialogue.turn import Turn
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.prompts import Prompt

TIMER: Final = "dialogue"
"""Name of the timer events that `wake_at` asks for."""
_AWAY: Final = timedelta(hours=12)


def let_go(turn: Turn) -> None:
    """Drop drafts that nobody touched for too long, without a word."""
    touched = turn.state.touched_at
    if touched is not None and turn.context.now >= expiry(touched, turn.context.merchant):
        turn.fillings.clear()
        turn.shown = None


async def welcome_back(turn: Turn) -> None:
    """Tell who comes back to a half-done task how far they are."""
    touched, top = turn.state.touched_at, turn.top
    if top is None or touched is None or turn.context.now < touched + _AWAY:
        return
    standing = await top.flow.standing(top.known)
    if standing is not None:
        turn.say(standing)


def recall(turn: Turn) -> None:
    """Remind once of what was left half done."""
    state, profile = turn.state, turn.context.merchant
    if not turn.fillings or turn.nudged or not profile.nudge_minutes or state.touched_at is None:
        return
    if turn.context.now < state.touched_at + timedelta(minutes=profile.nudge_minutes):
        return
    turn.nudged = turn.ask = True
    turn.say(Prompt("dialogue.nudge"))


def expiry(touched: datetime, profile: MerchantProfile) -> datetime:
    return touched + timedelta(days=profile.abandoned_chat_days)


def wake_at(state: DialogueState, profile: MerchantProfile) -> datetime | None:
    """Return when the conversation wants to be woken, None where nothing is half done."""
    touched = state.touched_at
    if not state.drafts or touched is None:
        return None
    if profile.nudge_minutes and not state.nudged:
        return touched + timedelta(minutes=profile.nudge_minutes)
    return expiry(touched, profile)
