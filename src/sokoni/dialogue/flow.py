"""The contract of a task done by conversation. A flow returns prompts; it sends nothing."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeAlias

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.dialogue.form import F_contra, Form, Known
from sokoni.dialogue.state import MenuShown
from sokoni.errors import AppError
from sokoni.kit.cache import Cache, NoCache
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, RequestId, new_id
from sokoni.language.reading import KnownPlace, Scene
from sokoni.media.references import FileRef
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import AskFor, Tell, TellStaff, TellTo, Timer, TimerIn
from sokoni.messaging.prompts import Choice, Consent, Prompt, Start, Worded
from sokoni.payments.gateways import NoGateways, Offered

Leaves: TypeAlias = Callable[[AsyncSession, MerchantId, ContactId], Awaitable[Sequence[Worded]]]
"""Says what becomes of a contact's things when they are erased: what is called off, what stays
without their name. A line each, of what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The contact of this turn, as flows see them."""

    id: ContactId
    name: str
    """The name they gave, else their profile name, else ""."""
    name_given: bool
    language: str
    opted_out: bool = False
    no_marketing: bool = False
    """They told the channel, not us, that they want none."""


class NoLinksError(AppError):
    """Nobody gave this turn what makes addresses of files."""

    code = "no_links"
    http_status = 500


def no_links(file: FileRef) -> str:
    raise NoLinksError(file.id)


class Registrar(Protocol):
    """Remembers places for one merchant, in the turn's own transaction."""

    def covers(self, latitude: float, longitude: float) -> bool:
        """Tell whether a place may be registered there."""

    async def register(self, name: str, latitude: float, longitude: float) -> KnownPlace | None:
        """Return the place that has the name from now on, or None where it cannot have it."""


@dataclass(slots=True, kw_only=True)
class TurnContext:
    """One turn of one conversation: what a flow may use, and what it asks to have done.

    `session` opens nothing until it is used, and is the turn's own.
    """

    session: AsyncSession
    vault: Vault
    merchant: MerchantProfile
    person: Person
    conversation_id: ConversationId
    now: datetime
    """Aware, UTC."""
    scene: Scene
    tells: list[TellTo] = field(default_factory=list)
    timers: list[TimerIn] = field(default_factory=list)
    asks: list[AskFor] = field(default_factory=list)
    renamed_to: str = ""
    marketing: bool | None = None
    """What the contact says from now on to marketing, at any channel; None: nothing new."""
    cache: Cache = field(default_factory=NoCache)
    for_staff: list[TellStaff] = field(default_factory=list)
    """What the merchant's staff are told."""
    touched: set[str] = field(default_factory=set)
    """Kinds of the merchant's rows that the turn changed, and of which caches may hold some."""
    file_url: Callable[[FileRef], str] = no_links
    """Returns the address under which the channel fetches a file, for a prompt's `image_url`."""
    public_url: str = ""
    """Where the world reaches the server, for `short_links.short_link`."""
    locates: bool = False
    """The installation asks a geocoder about locations that we cannot name."""
    registrar: Registrar | None = None
    """None: no place is registered from this conversation."""
    gateways: Offered = field(default_factory=NoGateways)
    """How merchants take money."""
    window_open: bool = True
    """What is said now goes as it is; otherwise only as a template (design §2)."""
    menus: Sequence[MenuShown] = ()
    """What the contact may still pick from, the newest last: "two of the first" is about it."""
    followed: bool = False
    """More of the same message comes right after the task: what may be done next, that says."""
    leaves: Sequence[Leaves] = ()
    """Of the merchant's capabilities: what becomes of a contact's things when they are erased."""
    waiting: Mapping[str, str] = field(default_factory=dict)
    """Tasks that are open while another is done, and what each waits for: a slot, `?confirm`."""

    def tell(
        self, contact_id: ContactId, tell: Tell, *, once: str, delay_seconds: float = 0
    ) -> None:
        """Have something said to another contact, at most once per `once` (design §3)."""
        self.tells.append(
            TellTo(contact_id=contact_id, tell=tell, once=once, delay_seconds=delay_seconds)
        )

    def later(self, timer: Timer, *, once: str, delay_seconds: float) -> None:
        """Have a timer of this conversation fall due; a capability's `timers` handles it."""
        self.timers.append(TimerIn(timer=timer, once=once, delay_seconds=delay_seconds))

    def ask(self, kind: str, payload: object, *, once: str, delay_seconds: float = 0) -> RequestId:
        """Ask the outside world; a capability's `answers` handles what it says (design §3).

        Return the id by which the answer is known, unless the same was asked before.
        """
        request_id = RequestId(new_id())
        self.asks.append(
            AskFor(
                request_id=request_id,
                kind=kind,
                payload=msgspec.Raw(msgspec.json.encode(payload)),
                once=once,
                delay_seconds=delay_seconds,
            )
        )
        return request_id

    def touch(self, kind: str) -> None:
        """Note that rows of the kind are changed: what caches hold of them is over with it."""
        self.touched.add(kind)

    def rename(self, name: str) -> None:
        """Remember the name that the contact gave."""
        self.renamed_to = name

    @property
    def language(self) -> str:
        """The contact's, as far as we know it, else the merchant's."""
        return self.person.language or self.merchant.language


class AnswerRefused(AppError):  # noqa: N818
    """Says that a slot's value cannot be used (any more): forget it and ask again.

    Of a slot that only choices set it says that what was summed up no longer holds: the prompt is
    said, and all is summed up anew.
    """

    code = "answer_refused"

    def __init__(self, slot: str, prompt: Prompt) -> None:
        super().__init__(slot, prompt.key)
        self.slot = slot
        self.prompt = prompt


class AnswerVague(AnswerRefused):
    """Says that a slot's value settles too little, or cannot be had and something near it may do.

    It is asked for again, mostly with choices. What was said stays: `choices` is told of it, and
    the next answer completes it, as "10am" does after "friday morning".
    """

    code = "answer_vague"


@dataclass(frozen=True, slots=True)
class Fills:
    """Values for a task that waits for them, as an answer from outside brings them."""

    task: str
    known: Known


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a task: what to say, and the task that follows from it, if any."""

    prompt: Prompt | None = None
    then: Start | None = None
    """Started at once, in the same message: `prompt` and its first question are said together."""
    asks: bool = False
    """The prompt is a question: a task that was interrupted waits until it is answered."""
    fills: Fills | None = None
    """Taken by the task where it is still open, and nothing where it is not."""
    ends: bool = False
    """All else that was begun ends with it, and nothing is gone back to."""
    agreed: Consent | None = None
    """What the contact said yes to by coming here, in words that stood there: written down."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which results of a query are wanted. One more than can be shown: nobody has to count."""

    limit: int
    offset: int = 0

    def of(self, found: Sequence[Choice]) -> Sequence[Choice]:
        """Return the part of what was found all at once."""
        return found[self.offset : self.offset + self.limit]


@dataclass(frozen=True, slots=True)
class Results:
    """What a query found in its window; the engine shows it page by page.

    The prompt stands over every page. Its own choices (few: "none of these") come after the last.
    """

    prompt: Prompt
    items: Sequence[Choice]
    sole: bool = False
    """Listed in order to go on with one of them: where there is only one, it is taken at once."""


class Flow(Protocol[F_contra]):
    """What a form's answers are for. Made anew for each turn by the capability's factory."""

    name: ClassVar[str]
    form: ClassVar[type[Form]]

    async def prefill(self) -> Known:
        """Return what is known of this contact before a word is asked."""

    async def check(self, slot: str, known: Known) -> None:
        """Raise `AnswerRefused` where the slot's value, just taken, cannot be used."""

    async def over(self, known: Known) -> Prompt | None:
        """Say that what the task is about is no longer there, None while it is.

        Asked when the task would go on after another one: a listing may have been taken down.
        """

    async def standing(self, known: Known) -> Prompt | None:
        """Say how far the contact is, to who comes back after a while or says hello again.

        None: the open question says enough.
        """

    def moot(self, known: Known) -> Collection[str]:
        """Return the slots that mean nothing as things stand: neither asked for nor changed.

        Nobody who collects what they bought is asked where to bring it.
        """

    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        """Return what may be picked for the slot; nothing means any words will do.

        `known` has the slot itself where what was said of it settles too little (`AnswerVague`).
        """

    async def summary(self, form: F_contra) -> Prompt | None:
        """Return what the contact must say yes to, or None where nothing is committed.

        The engine adds Yes and Edit; the prompt's own choices come after them. Where its yes is
        a consent too (`Prompt.consent`), the engine adds what is agreed to, and writes it down.
        """

    async def results(self, form: F_contra, window: Window) -> Results | None:
        """Look for what the window holds, anew for every page; None where nothing is listed.

        Asked of queries only, before they are completed.
        """

    async def complete(self, form: F_contra) -> Outcome:
        """Do it, in the caller's savepoint, and return what came of it.

        A task that commits nothing (a query) is a flow without a summary. Where it has results,
        they are what comes of it: it is completed when there are none.
        """


class SimpleFlow:
    """The answers of a flow that has nothing special to say; real ones inherit what they lack."""

    name: ClassVar[str]
    form: ClassVar[type[Form]]

    async def prefill(self) -> Known:
        return {}

    async def check(self, slot: str, known: Known) -> None:
        pass

    async def over(self, known: Known) -> Prompt | None:  # noqa: ARG002
        return None

    async def standing(self, known: Known) -> Prompt | None:  # noqa: ARG002
        return None

    def moot(self, known: Known) -> Collection[str]:  # noqa: ARG002
        return ()

    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:  # noqa: ARG002
        return ()

    async def results(self, form: Any, window: Window) -> Results | None:  # noqa: ANN401, ARG002
        return None


class AtOnce:
    """The summary of a flow that commits nothing a contact must first say yes to."""

    async def summary(self, form: Any) -> Prompt | None:  # noqa: ANN401, ARG002
        return None


FlowFactory: TypeAlias = Callable[[TurnContext], Flow[Any]]
