"""One turn in hand: the open drafts, what has been said so far, what the worker must do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from sokoni.channels.base import Limits
from sokoni.dialogue.filling import Filling
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.menus import answers, is_before
from sokoni.dialogue.saying import Saying
from sokoni.dialogue.state import DialogueState, Draft, MenuShown, Pushed
from sokoni.dialogue.tasks import Tasks
from sokoni.dialogue.trail import walked
from sokoni.dialogue.wording import Wording
from sokoni.messaging.prompts import Listed, Prompt, Start

MOST_DRAFTS: Final = 4
"""Tasks left half done beyond these are let go, the oldest first."""


@dataclass(slots=True)
class Wishes:
    """What the worker has to do besides sending."""

    hand_over: bool = False
    resume: bool = False
    opt_out: bool = False
    opt_in: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """The question that the contact had before them when the turn began."""

    task: str
    awaiting: str
    known: Mapping[str, msgspec.Raw]
    before_a_person: bool = False
    """A person has had the conversation since: a yes may be one to what they said."""


@dataclass(slots=True)
class Turn:
    """Mutable, lives for one call of `respond`."""

    state: DialogueState
    context: TurnContext
    tasks: Tasks
    limits: Limits
    fillings: list[Filling]
    menus: list[MenuShown]
    language: str
    wording: Wording
    said: list[Saying] = field(default_factory=list)
    wishes: Wishes = field(default_factory=Wishes)
    trace: list[str] = field(default_factory=list)
    ask: bool = False
    """The open question is asked (again) at the end."""
    page: int = 1
    """Which page of the open question's choices is wanted."""
    trail: tuple[Listed, ...] = ()
    """Lists that the contact may go back to, the newest last."""
    likely: tuple[Start, ...] = ()
    """What the message that was not understood may have meant."""
    touched: bool = False
    """The contact themselves did something."""
    unasked: bool = False
    """What is said came up by itself: the contact is told something, or a time fell due."""
    misses: int = 0
    greeted: bool = False
    nudged: bool = False
    shown: Shown | None = None
    pushed: Sequence[Pushed] = ()
    """What was said unasked before, and may be answered yet."""
    found: Sequence[Filling] = ()
    """The drafts that were open when the turn began, wherever they are now."""
    opened: list[Filling] = field(default_factory=list)
    """Those that the turn began."""

    @property
    def top(self) -> Filling | None:
        """The open task."""
        return self.fillings[-1] if self.fillings else None

    @property
    def asks_anew(self) -> bool:
        """Tell whether the open question is one that came up in this turn."""
        top, shown = self.top, self.shown
        if top is None:
            return False
        return shown is None or (shown.task, shown.awaiting) != (top.task.name, top.awaiting)

    def say(self, prompt: Prompt) -> None:
        """Add a prompt, once: a burst may call for the same words twice."""
        saying = Saying(prompt)
        if saying not in self.said:
            self.said.append(saying)

    def push(self, filling: Filling) -> None:
        self.opened.append(filling)
        self.fillings.append(filling)
        del self.fillings[:-MOST_DRAFTS]

    def open(self, task_name: str) -> Filling | None:
        """Bring a draft of the task to the top, where there is one."""
        for filling in self.fillings:
            if filling.task.name == task_name:
                self.fillings.remove(filling)
                self.fillings.append(filling)
                return filling
        return None

    def own_key(self, task_name: str, what: str) -> str:
        """Return the task's own wording for it, where it has one."""
        own = f"{task_name}.{what}"
        return own if self.wording.has(own) else f"dialogue.{what}"

    def speak(self, language: str) -> None:
        """Go on in another language: flows and readers are told too."""
        if language == self.language:
            return
        self.language = language
        scene = self.context.scene
        others = tuple(other for other in scene.languages if other != language)
        self.context.scene = replace(scene, languages=(language, *others))
        self.context.person = replace(self.context.person, language=language)


def begun(
    state: DialogueState,
    context: TurnContext,
    tasks: Tasks,
    limits: Limits,
    wording: Wording,
) -> Turn:
    """Open what the conversation remembers; drafts of tasks that are gone are let go."""
    fillings = [
        Filling(task, draft, context)
        for draft in state.drafts
        if (task := tasks.find(draft.task)) is not None
    ]
    top: Draft | None = fillings[-1].draft if fillings else None
    return Turn(
        state=state,
        context=context,
        tasks=tasks,
        limits=limits,
        fillings=fillings,
        menus=list(state.menus),
        language=context.person.language,
        wording=wording,
        misses=state.misses,
        greeted=state.greeted,
        nudged=state.nudged,
        trail=walked(state, context.now),
        pushed=state.pushed,
        found=tuple(fillings),
        shown=_shown(state, top) if top is not None else None,
    )


def _shown(state: DialogueState, top: Draft) -> Shown:
    asked = (one for one in reversed(state.menus) if answers(one, top.task, top.awaiting))
    menu = next(asked, None)
    before = menu is not None and is_before(menu, state.person_at)
    return Shown(top.task, top.awaiting, top.known, before_a_person=before)
