"""What a merchant's contacts can do: the tasks of its capabilities, by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from sokoni.dialogue.flow import Leaves
from sokoni.dialogue.manifest import (
    AfterHandler,
    Capability,
    GuessHandler,
    OrderHandler,
    PictureHandler,
    ReferredHandler,
    Task,
)
from sokoni.messaging.prompts import Choice, Lines, Prompt, Start, Worded

H = TypeVar("H")


class Tasks:
    """The tasks of the capabilities that are switched on."""

    def __init__(
        self, capabilities: Sequence[Capability], merchant: str, greets_with: str = ""
    ) -> None:
        self._merchant = merchant
        every = [task for capability in capabilities for task in capability.tasks]
        self._by_name: Mapping[str, Task] = {task.name: task for task in every}
        self._abouts = tuple(one.about for one in capabilities if one.about)
        self._in_menu = tuple(task for task in every if task.in_menu)
        self.main = self._by_name.get(greets_with)
        """What who only says hello has come for, where that is one thing."""
        self.timers = _together(one.timers for one in capabilities)
        self.answers = _together(one.answers for one in capabilities)
        self.numbers = _together(one.numbers for one in capabilities)
        self.replies = _together(one.replies for one in capabilities)
        self.payments = _together(one.payments for one in capabilities)
        self.pictures: Sequence[PictureHandler] = tuple(
            capability.pictures for capability in capabilities if capability.pictures
        )
        self.orders: Sequence[OrderHandler] = tuple(
            capability.orders for capability in capabilities if capability.orders
        )
        self.referred: Sequence[ReferredHandler] = tuple(
            capability.referred for capability in capabilities if capability.referred
        )
        self.leaves: Sequence[Leaves] = tuple(one.leaves for one in capabilities if one.leaves)
        self.afterwards: Sequence[AfterHandler] = tuple(
            capability.afterwards for capability in capabilities if capability.afterwards
        )
        self.guesses: Sequence[GuessHandler] = tuple(
            capability.guesses for capability in capabilities if capability.guesses
        )

    @property
    def offered(self) -> tuple[Task, ...]:
        """The tasks that the menu offers."""
        return self._in_menu

    def find(self, name: str) -> Task | None:
        return self._by_name.get(name)

    def all(self) -> tuple[Task, ...]:
        return tuple(self._by_name.values())

    def menu(self, key: str) -> Prompt:
        """Return what can be done, for picking."""
        choices = tuple(start(task.name) for task in self._in_menu)
        return Prompt(key, {"merchant": self._merchant}, choices=choices)

    def welcome(self) -> Prompt:
        """Return what can be done, for picking, with what it is good for, for who is new."""
        if not self._abouts:
            return self.menu("dialogue.greeting")
        greeting = self.menu("dialogue.greeting.new")
        about = tuple(Worded(one) for one in self._abouts)
        return replace(
            greeting,
            params={**greeting.params, "about": about[0] if len(about) == 1 else Lines(about)},
        )

    def told(self, key: str) -> Prompt:
        """Return what can be done, for reading in the middle of something else."""
        tasks = Lines(tuple(Worded(f"menu.{task.name}") for task in self._in_menu))
        return Prompt(f"{key}.told", {"merchant": self._merchant, "tasks": tasks})


def start(task: str, command: Start | None = None) -> Choice:
    """Return the choice that starts a task."""
    return Choice(task, Worded(f"menu.{task}"), command=command or Start(task))


def _together(brought: Iterable[Mapping[str, H]]) -> Mapping[str, H]:
    """Return what all capabilities bring, by name."""
    return {name: handler for handlers in brought for name, handler in handlers.items()}
