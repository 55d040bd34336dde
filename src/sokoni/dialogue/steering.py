"""The first layer of understanding: menus on screen, and words that steer the conversation."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from sokoni.dialogue.menus import (
    Offered,
    bare,
    begun,
    has_pages,
    labelled,
    next_page,
    numbered,
    resembled,
    still_open,
    wire_id,
)
from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.triggers import OWN, Triggers, triggers_of
from sokoni.dialogue.values import answer, takes_anything
from sokoni.dialogue.view import View, offers_values
from sokoni.language.control import (
    Control,
    ControlWord,
    control_word,
    is_ordinal,
    menu_number,
)
from sokoni.language.words import Words
from sokoni.messaging.prompts import (
    Back,
    Cancel,
    Command,
    Confirm,
    Deny,
    Edit,
    Greet,
    HandOver,
    Help,
    Menu,
    More,
    OptIn,
    OptOut,
    Page,
    Pick,
    Repeat,
    Restart,
    Resume,
    Skip,
    Speak,
    Start,
    Thank,
)

_LONGEST_LABEL: Final = 6
_ANSWERS: Final = {
    Control.YES: frozenset({"yes", "accept", "confirm"}),
    Control.NO: frozenset({"no", "decline", "reject"}),
}
"""Ids, or meanings, of the choices that yes and no take, where a menu offers one."""
_BARE: Final = frozenset({"yes", "no"})
"""Ids of choices whose labels say nothing of what they answer."""
_OPENING: Final = frozenset({Control.HELLO, Control.START, Control.HELP})
_COMMANDS: Final[Mapping[Control, Command]] = {
    Control.YES: Confirm(),
    Control.NO: Deny(),
    Control.EDIT: Edit(),
    Control.BACK: Back(),
    Control.SKIP: Skip(),
    Control.CANCEL: Cancel(),
    Control.MENU: Menu(),
    Control.HELP: Help(),
    Control.RESTART: Restart(),
    Control.REPEAT: Repeat(),
    Control.STOP: OptOut(),
    Control.START: OptIn(),
    Control.AGENT: HandOver(),
    Control.BOT: Resume(),
    Control.HELLO: Greet(),
}
CORE: Final[Mapping[str, Command]] = {
    "menu": Menu(),
    "help": Help(),
    "person": HandOver(),
    "thanks": Thank(),
}
"""What the dialogue's own phrases mean."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message in words, and the control word that it is, if any."""

    words: Words
    control: ControlWord | None
    bare: str
    """The words as they are compared with labels."""

    @classmethod
    def of(cls, words: Words) -> "Line":
        return cls(words, control_word(words), bare(words))


class Steering:
    """Knows the phrases that start tasks, where they are control words too."""

    def __init__(self, triggers: Triggers, taking_nth: Collection[str]) -> None:
        self._triggers = triggers
        self._taking_nth = taking_nth
        self._core = triggers_of((OWN,))

    def stopped(self, view: View, line: Line) -> Command | None:  # noqa: ARG002
        """Let nothing on screen stand between a contact and STOP."""
        word = line.control
        return OptOut() if word is not None and word.control is Control.STOP else None

    def picked(self, view: View, line: Line) -> Command | None:
        """Take a choice by its number or its label; where nothing else is asked, by its like."""
        if not view.menus:
            return None
        number = menu_number(line.words)
        if number is not None and self._begins_with_nth(line.words):
            return None
        if number is not None:
            return _labelled_so(view, line, number) or _numbered(view, line.words, number)
        if self._names_several(view, line):
            return None
        exactly = _first(_named(view, line))
        if exactly is not None or line.control is not None or not view.only_choices:
            return exactly
        return self.resembled(view, line)

    def _begins_with_nth(self, words: Words) -> bool:
        """Tell "I'll take the second one" from "the second one"."""
        found = self._triggers.opening(words, 0)
        if found is None or found.task not in self._taking_nth or found.end == len(words.tokens):
            return False
        return is_ordinal(words.part(found.end, len(words.tokens)))

    def turned(self, view: View, line: Line) -> Command | None:
        """Turn the page of a list on screen; where a task is open, "back" is about the task."""
        word = line.control
        if word is None:
            return None
        if word.control is Control.MORE:
            return _more(view)
        return _leafed_back(view) if word.control is Control.BACK and view.form is None else None

    def controlled(self, view: View, line: Line) -> Command | None:
        """Take a word that means the same anywhere, in any language."""
        word = line.control
        if word is None:
            core = self._core.whole(line.words)
            return None if core is None else CORE.get(core)
        if word.control in _OPENING and self._triggers.whole(line.words):
            return None
        if word.control is Control.LANGUAGE:
            return Speak(word.speaks)
        if word.control in _ANSWERS:
            several = self._names_several(view, line)
            return None if several else _yes_or_no(view, line.words, word)
        return _COMMANDS.get(word.control)

    def _names_several(self, view: View, line: Line) -> bool:
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
        return _pick(numbered(view.pages, number))
    so_many = _so_many(menu, number)
    if so_many is not None:
        return so_many
    above = _first(numbered(one, number) for one in view.menus if one.above == menu.id)
    if above is not None:
        return above
    asks_for_it = offers_values(menu) if view.is_asked(menu) else menu.numbered
    if not asks_for_it and reads(view, words):
        return None
    return _pick(numbered(menu, number))


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


def _yes_or_no(view: View, words: Words, word: ControlWord) -> Command | None:
    """Take yes or no as the answer to what stands last on the screen."""
    meant = _ANSWERS[word.control]
    if view.newest is not None and not view.is_asked(view.newest):
        offered = _meaning(view.newest, meant)
        if offered is not None:
            return _pick(offered)
    if view.slot and reads(view, words):
        return None
    own = None if view.standing is None else _meaning(view.standing, meant)
    return _COMMANDS[word.control] if own is None else _pick(own)


def _more(view: View) -> Command | None:
    menu = view.pages
    if menu is None:
        return None if view.form is not None else More()
    number = next_page(menu)
    return Page(number, menu.id) if number else More()


def _leafed_back(view: View) -> Command | None:
    """Show the page before; to who has just looked at something else, the page they were on."""
    menu = view.pages
    if menu is None:
        return None
    number = menu.page - 1 if menu is view.menus[-1] else menu.page
    return Page(number, menu.id) if number else None


def _on_screen(view: View) -> list[MenuShown]:
    """Return the menus that may still be read, that of the open question first."""
    asked = view.asked
    others = [
        menu for menu in reversed(view.menus) if menu is not asked and still_open(menu, view.now)
    ]
    return others if asked is None else [asked, *others]


def _meaning(menu: MenuShown, meant: frozenset[str]) -> Offered | None:
    return next(
        (Offered(menu, one) for one in menu.choices if one.id in meant or one.means in meant),
        None,
    )


def _first(offered: Iterable[Offered | None]) -> Command | None:
    return _pick(next((one for one in offered if one is not None), None))


def _pick(offered: Offered | None) -> Command | None:
    if offered is None:
        return None
    return Pick(wire_id(offered.menu.id, offered.choice.id))
