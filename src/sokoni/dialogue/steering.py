"""Words that steer the conversation, whatever is open: STOP, menu, back, more, yes and no."""

from collections.abc import Collection, Mapping
from typing import Final

from sokoni.dialogue.line import Line
from sokoni.dialogue.menus import Offered, next_page
from sokoni.dialogue.picking import Picking, reads, taken
from sokoni.dialogue.state import MenuShown
from sokoni.dialogue.triggers import OWN, Triggers, triggers_of
from sokoni.dialogue.view import View
from sokoni.language.control import Control, ControlWord
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
    Repeat,
    Restart,
    Resume,
    Skip,
    Speak,
    Thank,
)

_ANSWERS: Final = {
    Control.YES: frozenset({"yes", "accept", "confirm"}),
    Control.NO: frozenset({"no", "decline", "reject"}),
}
"""Ids, or meanings, of the choices that yes and no take, where a menu offers one."""
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
_WHO: Final = "who"
CORE: Final[Mapping[str, Command]] = {
    "menu": Menu(),
    "help": Help(),
    "person": HandOver(),
    "thanks": Thank(),
    _WHO: Menu(),
}
"""What the dialogue's own phrases mean."""


class Steering:
    """Knows the phrases that start tasks, where they are control words too."""

    def __init__(self, triggers: Triggers, picking: Picking, stops: Collection[str] = ()) -> None:
        self._triggers = triggers
        self._stops = frozenset(stops)
        self._picking = picking
        self._core = triggers_of((OWN,))

    def stopped(self, view: View, line: Line) -> Command | None:  # noqa: ARG002
        """Let nothing on screen stand between a contact and STOP."""
        word = line.control
        own = line.words.folded in self._stops
        return OptOut() if own or (word is not None and word.control is Control.STOP) else None

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
            return self._meant(view, line.words)
        if word.control in _OPENING and self._triggers.whole(line.words):
            return None
        if word.control is Control.LANGUAGE:
            return Speak(word.speaks)
        if word.control in _ANSWERS:
            several = self._picking.names_several(view, line)
            return None if several else _yes_or_no(view, line.words, word)
        return _COMMANDS.get(word.control)

    def _meant(self, view: View, words: Words) -> Command | None:
        """Take the dialogue's own phrases; where nothing is open, a greeting says who we are."""
        core = self._core.whole(words)
        if core == _WHO and view.form is None:
            return Greet()
        return None if core is None else CORE.get(core)


def _yes_or_no(view: View, words: Words, word: ControlWord) -> Command | None:
    """Take yes or no as the answer to what stands last on the screen."""
    offered = _offered_since(view, word.control)
    if offered is not None:
        return taken(offered)
    if view.slot and reads(view, words):
        return None
    return _answered(view, word.control)


def answered_with(view: View, answer: Control) -> Command | None:
    """Return yes or no to the open question; None where something else was offered since."""
    return _answered(view, answer) if _offered_since(view, answer) is None else None


def _offered_since(view: View, control: Control) -> Offered | None:
    """Return what yes or no takes of a menu that was shown after the open question."""
    newest = view.newest
    if newest is None or view.is_asked(newest):
        return None
    return _meaning(newest, _ANSWERS[control])


def _answered(view: View, control: Control) -> Command | None:
    own = None if view.standing is None else _meaning(view.standing, _ANSWERS[control])
    return _COMMANDS[control] if own is None else taken(own)


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


def _meaning(menu: MenuShown, meant: frozenset[str]) -> Offered | None:
    return next(
        (Offered(menu, one) for one in menu.choices if one.id in meant or one.means in meant),
        None,
    )
