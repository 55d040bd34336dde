"""Result lists: laid out a page at a time, and looked for anew whenever a page is turned."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from sokoni.channels.ladder import PAGE, Room
from sokoni.dialogue.filling import FIRST_PAGE, Filling
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form
from sokoni.dialogue.turn import Turn
from sokoni.messaging.prompts import Choice, Listed, Page, Prompt, Start, Worded

_MORE: Final = Worded("dialogue.more")
_PREVIOUS: Final = Worded("dialogue.previous")
_NO_MORE: Final = Prompt("dialogue.no_more")


async def outcome(turn: Turn, filling: Filling, form: Form) -> Outcome:
    """Show what there is to list; where there is nothing, complete the task."""
    page = await _found(filling, form, Room.of(turn.limits))
    if page is not None:
        return page
    if filling.starts == FIRST_PAGE and not filling.seen:
        return await filling.flow.complete(form)
    # What is left may have moved to where something else was shown.
    turn.say(Prompt("dialogue.list_changed"))
    filling.starts, filling.seen = FIRST_PAGE, frozenset()
    return await outcome(turn, filling, form)


async def _found(filling: Filling, form: Form, room: Room) -> Outcome | None:
    """Return the page of results that is wanted, None where there is nothing like it any more."""
    if not filling.task.query:
        return None
    start = filling.starts[-1]
    window = Window(room.at_once + 1 + len(filling.seen), start)
    results = await filling.flow.results(form, window)
    if results is None or not results.items:
        return None
    if not filling.seen:
        return _taken(filling, results) or Outcome(_page(filling, results, room))
    passed = _passed(results.items, filling.seen)
    if not passed:
        return None
    filling.starts = (*filling.starts, start + passed)
    rest = replace(results, items=results.items[passed:])
    return Outcome(_page(filling, rest, room) if rest.items else _NO_MORE)


def _passed(items: Sequence[Choice], seen: frozenset[str]) -> int:
    """Return how many come before what is new: the page goes on after the last one seen.

    So nothing is shown twice or left out because something before it came or went.
    """
    return max((place for place, item in enumerate(items, 1) if item.id in seen), default=0)


def _taken(filling: Filling, results: Results) -> Outcome | None:
    """Take the only thing there is to choose from, where one is to be chosen."""
    alone = results.sole and len(results.items) == 1 and filling.starts == FIRST_PAGE
    command = results.items[0].command
    return Outcome(then=command) if alone and isinstance(command, Start) else None


def _page(filling: Filling, results: Results, room: Room) -> Prompt:
    """Fill a page, and say what comes after it. The way back stands where there is room."""
    page, items = len(filling.starts), tuple(results.items)
    choices = (*items, *results.prompt.choices)
    more = len(choices) > room.at_once
    if more:
        # Something is left for the next page, if only one thing and the prompt's own choices.
        choices = (*items[: min(room.paged, len(items) - 1)], _leading_to(page + 1, _MORE))
    if page > 1 and len(choices) < room.at_once:
        choices = (*choices, _leading_to(page - 1, _PREVIOUS))
    listed = Listed(
        task=filling.task.name, slots=filling.draft.known, starts=filling.starts, more=more
    )
    return msgspec.structs.replace(results.prompt, choices=choices, listed=listed)


def _leading_to(page: int, label: Worded) -> Choice:
    return Choice(f"{PAGE}{page}", label, command=Page(page))
