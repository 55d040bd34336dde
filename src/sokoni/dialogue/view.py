"""What understanding may know of a conversation: the open question and the menus on screen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import msgspec

from sokoni.dialogue.form import Form
from sokoni.dialogue.menus import answers, has_pages, is_before, still_open
from sokoni.dialogue.state import MenuShown
from sokoni.language.reading import Scene
from sokoni.messaging.prompts import HandOver, Skip, Unclear


@dataclass(frozen=True, kw_only=True)
class View:
    """The conversation as it stands before a message is understood."""

    scene: Scene
    now: datetime
    menus: tuple[MenuShown, ...] = ()
    task: str = ""
    form: type[Form] | None = None
    awaiting: str = ""
    known: Mapping[str, msgspec.Raw] = field(default_factory=dict)
    """Slots of the open task that have a value, as JSON."""
    moot: Collection[str] = ()
    """Slots of the open task that mean nothing as things stand."""
    question_last: bool = False
    """The open question was asked after every menu that it did not bring itself."""
    person_at: datetime | None = None
    """When a person last had the conversation."""

    @cached_property
    def slot(self) -> str:
        """The slot that the open question asks for."""
        form = self.form
        return self.awaiting if form is not None and form.has(self.awaiting) else ""

    @cached_property
    def newest(self) -> MenuShown | None:
        """The menu that stands last on the screen, where no question was asked after it."""
        menu = self.menus[-1] if self.menus else None
        if menu is None or not still_open(menu, self.now) or self.is_from_before_a_person(menu):
            return None
        asked_since = self.question_last and bool(self.awaiting) and not self.is_asked(menu)
        return None if asked_since else menu

    @cached_property
    def asked(self) -> MenuShown | None:
        """The menu of the open question."""
        mine = (menu for menu in reversed(self.menus) if self.is_asked(menu))
        return next(mine, None)

    @cached_property
    def standing(self) -> MenuShown | None:
        """The menu of the open question, where no person has had the conversation since."""
        asked = self.asked
        return None if asked is None or self.is_from_before_a_person(asked) else asked

    @cached_property
    def pages(self) -> MenuShown | None:
        """The list whose pages may be turned: the newest that may still be read."""
        lists = (menu for menu in reversed(self.menus) if has_pages(menu))
        return next((menu for menu in lists if still_open(menu, self.now)), None)

    def is_leftover(self, slot: str) -> bool:
        """Tell whether a value may be leftovers: nobody asked for it, and any word would do."""
        return slot != self.slot and self.form is not None and self.form.any_words_do(slot)

    def still_open(self, unclear: Mapping[str, Unclear], asked: str = "") -> dict[str, Unclear]:
        """Leave out what was said of slots that have a value, but for the one asked for."""
        return {
            slot: one for slot, one in unclear.items() if slot == asked or slot not in self.known
        }

    def is_from_before_a_person(self, menu: MenuShown) -> bool:
        """Tell whether a person has had the conversation since it was shown."""
        return is_before(menu, self.person_at)

    def is_asked(self, menu: MenuShown) -> bool:
        return answers(menu, self.task, self.awaiting)

    @property
    def only_choices(self) -> bool:
        """Tell whether what stands on the screen can only be answered by picking."""
        return not self.slot or self.closed_question

    @property
    def closed_question(self) -> bool:
        """Tell whether only the choices offered answer the open question."""
        return (asked := self.asked) is not None and offers_values(asked)


def offers_values(menu: MenuShown) -> bool:
    """Tell whether the menu offers more than ways around the question."""
    return any(not isinstance(choice.command, Skip | HandOver) for choice in menu.choices)
