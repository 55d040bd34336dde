"""Takes choices of the menus on screen: by number, by label, or by what is nearly a label."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from sokoni.dialogue.line import Line
from sokoni.dialogue.menus import (
    Offered,
    begun,
    has_pages,
    labelled,
    numbered,
    resembled,
    still_open,
    wire_id,
)
from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.triggers import Triggers
from sokoni.dialogue.values import answer, dumped, takes_anything
from sokoni.dialogue.view import View, offers_values
from sokoni.language.control import is_ordinal, menu_number
from sokoni.language.words import Words
from sokoni.messaging.prompts import Command, Page, Pick, SetSlots, Skip, Start

_LONGEST_LABEL: Final = 6
_BARE: Final = frozenset({"yes", "no"})
"""Ids of choices whose labels say nothing of what they answer."""


class Picking:
    """Knows the phrases that start tasks, where they are labels too."""

    def __init__(self, triggers: Triggers, taking_nth: Collection[str]) -> None:
        self._triggers = triggers
        self._taking_nth = taking_nth

    def picked(self, view: View, line: Line) -> Command | None:
        """Take a choice by its number or its label; where nothing else is asked, by its like."""
        if not view.menus:
            return None
        number = menu_number(line.words)
        if number is not None and self._begins_with_nth(line.words):
            return None
        if number is not None:
            return _labelled_so(view, line, number) or _numbered(view, line.words, number)
        if self.names_several(view, line):
            return None
        named = next(iter(_named(view, line)), None)
        exactly = _given_anew(view, named) or taken(named)
        if exactly is not None or line.control is not None or not view.only_choices:
            return exactly
        return self.resembled(view, line)

    def _begins_with_nth(self, words: Words) -> bool:
        """Tell "I'll take the second one" from "the second one"."""
        found = self._triggers.opening(words, 0)
        if found is None or found.task not in self._taking_nth or found.end == len(words.tokens):
            return False
        return is_ordinal(words.part(found.end, len(words.tokens)))

    def names_several(self, view: View, line: Line) -> bool:
        """Tell whether the words stand below several questions, and name the task that asks which.

        "accept", with two requests on the screen, is a tap on neither.
        """
        return _differ(_named(view, line)) and self._triggers.whole(line.words) is not None

    def resembled(self, view: View, line: Line) -> Command | None:
        """Take a choice by the beginning of its label, or by what is nearly its label."""
        tokens = line.words.tokens
        # "quantity 10" says more than the label it resembles.
        if len(tokens) > _LONGEST_LABEL or any(token.is_number for token in tokens):
            return None
        menus = _on_screen(view)
        likely = (find(menu, line.bare) for find in (begun, resembled) for menu in menus)
        return _first(one for one in likely if one is not None and _leads_on(view, one))


def reads(view: View, words: Words) -> bool:
    """Tell whether the message is a value of just the kind that was asked for."""
    form, slot = view.form, view.slot
    if form is None or not slot or takes_anything(form, slot, words, view.scene):
        return False
    return answer(form, slot, words, view.scene) is not None


def _given_anew(view: View, offered: Offered | None) -> Command | None:
    """Take the label of another answer to an earlier question: it is said instead.

    A tap on it may be a slip, and changes nothing.
    """
    form, menu = view.form, None if offered is None else offered.menu
    if form is None or offered is None or menu is None or view.is_asked(menu):
        return None
    given = menu.task == view.task and menu.slot in view.known and form.has(menu.slot)
    if not given or offered.choice.command is not None:
        return None
    raw = dumped(form, menu.slot, offered.choice.id)
    return None if raw is None else SetSlots({menu.slot: raw})


def _labelled_so(view: View, line: Line, number: int) -> Command | None:
    """Take the size 42, or the second of two sizes 2 and 4 where their numbers are shown."""
    menu = view.newest
    if menu is not None and menu.numbered and numbered(menu, number):
        return None
    return _first(_named(view, line))


def _numbered(view: View, words: Words, number: int) -> Command | None:
    menu = view.newest
    if menu is None:
        return None
    if view.pages is not None and not has_pages(menu) and is_ordinal(words):
        # "The second one" is of the list, though something of it was shown since.
        return taken(numbered(view.pages, number))
    so_many = _so_many(menu, number)
    if so_many is not None:
        return so_many
    above = _first(numbered(one, number) for one in view.menus if one.above == menu.id)
    if above is not None:
        return above
    asks_for_it = offers_values(menu) if view.is_asked(menu) else menu.numbered
    if not asks_for_it and reads(view, words):
        return None
    return taken(numbered(menu, number))


def _so_many(menu: MenuShown, number: int) -> Start | None:
    """Return the start of so many of what is shown, where no number stands beside a choice."""
    if menu.numbered and numbered(menu, number):
        return None
    for choice in menu.choices:
        command = choice.command
        if choice.counts and isinstance(command, Start):
            said = Start.knowing(command.task, {choice.counts: number})
            return replace(command, slots={**command.slots, **said.slots})
    return None


def _labelled(view: View, line: Line, menu: MenuShown) -> Offered | None:
    """Find a label; a bare yes or no is none of a menu that something was said after."""
    offered = labelled(menu, line.bare)
    if offered is None or not _leads_on(view, offered):
        return None
    if isinstance(offered.choice.command, Skip) and menu is not view.asked:
        # The word skips what is asked now, or nothing.
        return None
    if offered.choice.id not in _BARE or menu is view.newest:
        return offered
    return offered if menu is view.standing else None


def _named(view: View, line: Line) -> list[Offered]:
    return [one for menu in _on_screen(view) if (one := _labelled(view, line, menu)) is not None]


def _differ(offered: Sequence[Offered]) -> bool:
    """Tell whether the same words would do the same to different things."""
    starts = [one.choice.command for one in offered if isinstance(one.choice.command, Start)]
    return any(one.task == starts[0].task and one.slots != starts[0].slots for one in starts)


def _leads_on(view: View, offered: Offered) -> bool:
    """Tell whether it is a thing to pick, or turns a page of the list that was shown last."""
    turns = isinstance(offered.choice.command, Page)
    return not turns or offered.menu in (view.pages, view.asked)


def _on_screen(view: View) -> list[MenuShown]:
    """Return the menus that may still be read, that of the open question first."""
    asked = view.asked
    others = [
        menu for menu in reversed(view.menus) if menu is not asked and still_open(menu, view.now)
    ]
    return others if asked is None else [asked, *others]


def _first(offered: Iterable[Offered | None]) -> Command | None:
    return taken(next((one for one in offered if one is not None), None))


def taken(offered: Offered | None) -> Command | None:
    """Return the command that takes a choice."""
    if offered is None:
        return None
    return Pick(wire_id(offered.menu.id, offered.choice.id))
