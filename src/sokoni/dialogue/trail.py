"""The lists that were looked at one after the other: "back" returns to the one before."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sokoni.dialogue.state import DialogueState, MenuShown
from sokoni.messaging.prompts import Listed

LIFE: Final = timedelta(hours=24)
_MOST: Final = 6


def walked(state: DialogueState, now: datetime) -> tuple[Listed, ...]:
    """Return the lists that the contact may go back to, the newest last."""
    touched = state.touched_at
    return () if touched is None or now - touched > LIFE else state.trail


def lengthened(trail: Sequence[Listed], shown: Iterable[Listed]) -> tuple[Listed, ...]:
    """Add what is shown now; another page of the last list takes its place."""
    for listed in shown:
        kept = trail[:-1] if trail and is_same(trail[-1], listed) else trail
        trail = (*kept, listed)
    return tuple(trail[-_MOST:])


def shortened(trail: Sequence[Listed], menus: Sequence[MenuShown]) -> tuple[Listed, ...]:
    """Return the trail up to the list to go back to: the one before that on the screen."""
    on_screen = menus[-1].listed if menus else None
    stands = on_screen is not None and bool(trail) and is_same(trail[-1], on_screen)
    return tuple(trail[:-1] if stands else trail)


def is_same(one: Listed, two: Listed) -> bool:
    """Tell whether both are pages of the same results."""
    return (one.task, one.slots) == (two.task, two.slots)
