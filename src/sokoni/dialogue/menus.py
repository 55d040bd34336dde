"""Choices that were offered, and what a tap, a number or a typed label takes of them."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.trail import LIFE, is_same
from sokoni.language.words import Words, words_of
from sokoni.messaging.prompts import Choice, Page

KEPT: Final = 2
KEPT_UNASKED: Final = 4
PAGES_KEPT: Final = 6
"""Of one list, shown one after the other."""
LIFE_UNASKED: Final = timedelta(days=7)
_MARK: Final = "~"
_SHORTEST_BEGINNING: Final = 3
_SHORTEST_LIKENESS: Final = 5
_ALIKE: Final = 84.0
_CLEARLY: Final = 6.0


@dataclass(frozen=True, slots=True)
class Offered:
    """A choice and the menu it stood in."""

    menu: MenuShown
    choice: Choice


def new_menu_id() -> str:
    return os.urandom(2).hex()


def wire_id(menu_id: str, choice_id: str) -> str:
    """Return what travels to the channel: the same choice of another menu has another id."""
    return f"{choice_id}{_MARK}{menu_id}"


def tapped(menus: Sequence[MenuShown], option_id: str) -> Offered | None:
    """Look an id up that came from outside. A bare choice id counts for the newest menu."""
    choice_id, _, menu_id = option_id.rpartition(_MARK)
    for menu in reversed(menus):
        wanted = choice_id if menu.id == menu_id else option_id
        for choice in menu.choices:
            if choice.id == wanted:
                return Offered(menu, choice)
    return None


def numbered(menu: MenuShown, number: int) -> Offered | None:
    place = number - menu.first
    return Offered(menu, menu.choices[place]) if 0 <= place < len(menu.choices) else None


def labelled(menu: MenuShown, said: str) -> Offered | None:
    """Return the choice whose label was typed in full."""
    if not said:
        return None
    return _only(menu, (said == label for label in _labels(menu)))


def begun(menu: MenuShown, said: str) -> Offered | None:
    """Return the one choice whose label begins so."""
    if len(said) < _SHORTEST_BEGINNING:
        return None
    return _only(menu, (label.startswith(said) for label in _labels(menu)))


def resembled(menu: MenuShown, said: str) -> Offered | None:
    """Return the choice whose label is nearly what was typed, where no other comes near."""
    if len(said) < _SHORTEST_LIKENESS:
        return None
    near = process.extract(
        said, _labels(menu), scorer=fuzz.ratio, score_cutoff=_ALIKE - _CLEARLY, limit=2
    )
    if not near:
        return None
    (_, best, place), *others = near
    clear = not others or best - others[0][1] >= _CLEARLY
    return Offered(menu, menu.choices[place]) if best >= _ALIKE and clear else None


def still_open(menu: MenuShown, now: datetime) -> bool:
    """Tell whether numbers and labels may still mean this menu.

    What came unasked is answered when the contact gets to it, in their own words as well.
    """
    return now - menu.at < (LIFE_UNASKED if menu.unasked else LIFE)


def is_before(menu: MenuShown, at: datetime | None) -> bool:
    """Tell whether it was shown before somebody else spoke."""
    return at is not None and menu.at <= at


def has_pages(menu: MenuShown) -> bool:
    """Tell whether the menu is a list that may go on, or might have."""
    return menu.listed is not None or menu.prompt is not None


def next_page(menu: MenuShown) -> int:
    """Return the page that the menu leads on to, 0 where it is the last."""
    turns = (one.command.number for one in menu.choices if isinstance(one.command, Page))
    return next((number for number in turns if number > menu.page), 0)


def kept(menus: Sequence[MenuShown], task: str, slot: str) -> tuple[MenuShown, ...]:
    """Return the menus to remember: the newest, and the open question's however old.

    Of those that came unasked a few more are kept: a seller may answer a buyer days later.
    """
    newest = _newest(menus)
    older = menus[: len(menus) - len(newest)]
    asked = any(answers(menu, task, slot) for menu in newest)
    question = [] if asked else [menu for menu in older if answers(menu, task, slot)][-1:]
    waiting = [menu for menu in older if menu.unasked][-KEPT_UNASKED:]
    return (*(menu for menu in older if menu in question or menu in waiting), *newest)


def _newest(menus: Sequence[MenuShown]) -> Sequence[MenuShown]:
    """Return the last menus, and with a page those before it: any of them may be chosen from."""
    first = max(len(menus) - KEPT, 0)
    earliest = max(len(menus) - PAGES_KEPT, 0)
    while first > earliest and _same_list(menus[first - 1], menus[first]):
        first -= 1
    return menus[first:]


def _same_list(menu: MenuShown, other: MenuShown) -> bool:
    one, two = menu.listed, other.listed
    return one is not None and two is not None and is_same(one, two)


def answers(menu: MenuShown, task: str, slot: str) -> bool:
    """Tell whether the menu was offered with this question."""
    return bool(slot) and menu.task == task and menu.slot == slot


def _labels(menu: MenuShown) -> list[str]:
    return [_bare_label(label) for label in menu.labels]


@lru_cache(maxsize=8192)
def _bare_label(label: str) -> str:
    return bare(words_of(label))


def bare(words: Words) -> str:
    """Return the folded words and numbers, without signs and emoji."""
    return " ".join([token.folded for token in words.tokens if token.is_word or token.is_number])


def _only(menu: MenuShown, fits: Iterable[bool]) -> Offered | None:
    places = [place for place, fit in enumerate(fits) if fit]
    if len(places) != 1:
        return None
    return Offered(menu, menu.choices[places[0]])
