"""What a conversation remembers between turns: a stack of drafts, typed and versioned."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from sokoni.messaging.prompts import Choice, Consent, Listed, Prompt, Push, Start

VERSION: Final = 1


class HalfPlace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A place that nobody knows yet, as far as the contact has told of it: its name, or where."""

    slot: str
    """The slot that it is for."""
    said: str = ""
    pin: tuple[float, float] | None = None
    """Latitude and longitude."""


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A form being filled."""

    task: str
    known: Mapping[str, msgspec.Raw] = {}
    """JSON values, as the slots' adapters dump them."""
    awaiting: str = ""
    """The slot last asked for, or `?confirm`, `?edit`, `?coming`."""
    since: datetime | None = None
    """When that was first asked."""
    asked: tuple[str, ...] = ()
    """Slots in the order in which they were asked, for `back`."""
    skipped: tuple[str, ...] = ()
    coming: Mapping[str, str] = {}
    """Slots whose file is being fetched, and the ids of the requests that fetch them."""
    misses: int = 0
    """Answers not understood in a row."""
    later: tuple[Start, ...] = ()
    """What the contact asked for besides: begun when this is done or left."""
    vague: Mapping[str, msgspec.Raw] = {}
    """What was said of slots and settles too little: the next answer completes it."""
    consent: Consent | None = None
    """What a yes to the summary, as it was last put together, agrees to."""
    half: HalfPlace | None = None


class MenuShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Choices that were offered, so that a tap, a number or a label means what it meant then."""

    id: str
    choices: tuple[Choice, ...]
    """Without their wording: what is shown stands in `labels`."""
    labels: tuple[str, ...]
    """As shown, in the contact's language, for typed answers."""
    at: datetime
    page: int = 0
    prompt: Prompt | None = None
    """What was asked, where more pages of it can be shown."""
    listed: Listed | None = None
    """Where its page of a query's results begins, and how to look again."""
    summary: int = 0
    """Mark of the summary that the choices answer, so that an old yes is known from a new one."""
    task: str = ""
    slot: str = ""
    """Which question it answered; a plain choice counts only while that question is open."""
    first: int = 1
    """The number that its first choice wore."""
    numbered: bool = False
    """The channel showed its numbers, as a text."""
    above: str = ""
    """The menu below it in the same message, whose numbers go on where its own end."""
    unasked: bool = False
    """It came by itself, with a tell or a timer: the contact may well answer it late."""


class Circling(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often in a row the same was answered without a pause, as two machines would have it."""

    turns: int = 0
    said: tuple[int, ...] = ()
    """Marks of the last answers, the latest first."""
    heard: int = 0
    """Mark of the last words answered."""
    at: datetime | None = None
    silent_until: datetime | None = None


class Pushed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that was said unasked, and of whose answer somebody wants to know."""

    push: Push
    at: datetime
    answered: bool = False


class DialogueState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything the engine needs to go on. Stored sealed, as msgspec JSON."""

    version: int = VERSION
    drafts: tuple[Draft, ...] = ()
    """The open task is the last."""
    menus: tuple[MenuShown, ...] = ()
    """The last two, the open question's, and those that came unasked. Pages of a list are one."""
    question_last: bool = False
    """The open question was asked last, with nothing above it to choose from."""
    trail: tuple[Listed, ...] = ()
    """Lists that were looked at one after the other, for `back`."""
    last: tuple[Prompt, ...] = ()
    """What was said last, for `repeat`."""
    misses: int = 0
    greeted: bool = False
    touched_at: datetime | None = None
    nudged: bool = False
    text_only: bool = False
    """The contact's phone shows neither buttons nor lists. Kept by the turn (`workers`)."""
    person_at: datetime | None = None
    """When a person last had the conversation: what was asked before is no longer what a bare yes
    answers. Kept by the turn (`workers`)."""
    pushed: tuple[Pushed, ...] = ()
    """What was said unasked and may be answered yet, the newest last."""
    circling: Circling = Circling()
    """Kept by the turn (`workers/circles.py`), not by the dialogue."""


def step_of(state: DialogueState) -> str:
    """Return the open task and its question, "" where nothing is open."""
    if not state.drafts:
        return ""
    draft = state.drafts[-1]
    return f"{draft.task}.{draft.awaiting.lstrip('?')}" if draft.awaiting else draft.task
