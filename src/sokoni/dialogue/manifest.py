"""What a capability brings: its tasks, the words that start them, what it does when told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.dialogue.flow import FlowFactory, TurnContext
from sokoni.dialogue.form import Form
from sokoni.kit.ids import ContactId
from sokoni.messaging.events import Answer, Timer
from sokoni.messaging.prompts import Prompt

AnswerHandler: TypeAlias = Callable[[TurnContext, Answer], Awaitable[Prompt | None]]
TimerHandler: TypeAlias = Callable[[TurnContext, Timer], Awaitable[Prompt | None]]
Tidy: TypeAlias = Callable[[AsyncConnection, datetime], Awaitable[bool]]
"""Called by the sweep with the time; True asks for another call soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One flow or query that contacts can start.

    Its triggers and example phrases stand in the capability's `phrases/<lang>.yaml` under its
    name: `triggers` (phrases that start it wherever they stand in a message) and `examples`
    (what the classifier learns from).
    """

    name: str
    form: type[Form]
    make: FlowFactory
    in_menu: bool = False
    """Listed in the menu, worded by the catalogue as `menu.<name>`."""
    query: bool = False
    """Read-only: answered in the middle of another task, which then goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a merchant can switch on."""

    name: str
    tasks: tuple[Task, ...]
    settings: type[BaseModel]
    """Validates the capability's part of the merchant's YAML."""
    phrases: Path
    """Folder with a YAML file per language."""
    locales: Path | None = None
    """Folder with a PO file per language, of a package that brings its own wording."""
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    answers: Mapping[str, AnswerHandler] = field(default_factory=dict)
    """By kind of request: what to do with what the outside world said."""
    router: str = ""
    """Where its part of the API is, as `package.module:name`: only a process that serves the API
    imports it. It stands under `/api/v1`."""
    merge_contacts: Callable[[AsyncConnection, ContactId, ContactId], Awaitable[None]] | None = (
        None
    )
    """Move what the first contact has to the second: they turned out to be one person."""
    tidy: Tidy | None = None
    """Delete rows of every merchant's that are over, a batch at a time."""
    load_demo: Callable[[Any, Mapping[str, Any]], Awaitable[None]] | None = None
    """Load a demo merchant's data of this capability: called with a `demo.Loading` and the
    capability's part of the demo file."""
