"""What a capability brings: its tasks, the words that start them, what it does when told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.channels.catalogues import Entry
from sokoni.channels.inbound import Medium, OrderLine
from sokoni.contacts.facts import FACTS as OF_CONTACTS
from sokoni.contacts.facts import Fact
from sokoni.db.agenda import Times
from sokoni.db.days import Days
from sokoni.db.vault import Vault
from sokoni.dialogue.everything import Export
from sokoni.dialogue.exporting import Exporter
from sokoni.dialogue.flow import FlowFactory, Leaves, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form
from sokoni.dialogue.importing import Importer
from sokoni.dialogue.judging import Judge
from sokoni.dialogue.keeping import Kept, Needed
from sokoni.dialogue.making import Maker
from sokoni.dialogue.paying import PaymentHandler
from sokoni.dialogue.phrasing import OwnPhrases
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.catalogues import OwnWording
from sokoni.language.reading import Terms
from sokoni.language.words import Words
from sokoni.media.references import FileRef
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import Answer, StaffNews, TellTo, Timer, TimerFor
from sokoni.messaging.facts import FACTS as OF_CONVERSATIONS
from sokoni.messaging.prompts import Prompt, Push, Start
from sokoni.messaging.statuses import Reached
from sokoni.messaging.tells import Whisper
from sokoni.verification.proofs import Proven

CatalogueSource: TypeAlias = Callable[
    [AsyncSession, MerchantProfile, datetime, Callable[[FileRef], str]], AsyncIterator[Entry]
]
"""Yields what a merchant sells, for the channel's own catalogue; called with the time, and with
what makes addresses of files."""
AnswerHandler: TypeAlias = Callable[[TurnContext, Answer], Awaitable[Prompt | Outcome | None]]
OrderHandler: TypeAlias = Callable[[TurnContext, Sequence[OrderLine], str], Awaitable[Outcome]]
"""Called with what a contact put together in the channel's own catalogue, and what they wrote
beside it. The prices in it are the client's claim."""
ReferredHandler: TypeAlias = Callable[
    [TurnContext, str, str, Start | None], Awaitable[Start | None]
]
"""Called with the number of what a contact wrote about from the channel's own catalogue, with
their words, and with what these begin by themselves; None: it is nothing of ours."""
GuessHandler: TypeAlias = Callable[[TurnContext, Words], Awaitable[Start | None]]
"""Called with words that nobody understood; None: they name nothing that we have."""
PictureHandler: TypeAlias = Callable[[TurnContext, Medium], Awaitable[Outcome | None]]
"""Called with a picture that nothing asked for; None: it is of no use."""
AfterHandler: TypeAlias = Callable[[TurnContext, str], Awaitable[Prompt | None]]
"""Called with the task that a contact has just finished with their yes; None: nothing is asked."""
NumberHandler: TypeAlias = Callable[[TurnContext, Proven], Awaitable[Outcome]]
TimerHandler: TypeAlias = Callable[[TurnContext, Timer], Awaitable[Prompt | None]]
Tidy: TypeAlias = Callable[[AsyncConnection, datetime], Awaitable[bool]]
"""Called by the sweep with the time; True asks for another call soon."""
EraseContact: TypeAlias = Callable[
    [AsyncConnection, MerchantId, ContactId, datetime], Awaitable[Sequence[TellTo]]
]
"""Takes down what is kept of a contact, deletes it, and returns what others are told of it."""


Told: TypeAlias = Whisper | StaffNews
ReplyHandler: TypeAlias = Callable[[TurnContext, Push, "Reply"], Awaitable[None]]
"""Called when a contact answers what was said unasked (`Prompt.push`)."""
ReachedHandler: TypeAlias = Callable[
    [AsyncConnection, Sequence[Reached], datetime], Awaitable[None]
]
"""Called with how far messages got, of every capability's, in the transaction that writes it."""


class FollowHandler(Protocol):
    """Tells where an address of ours leads (`dialogue.short_links`), and notes who went there."""

    async def __call__(
        self, engine: AsyncEngine, vault: Vault, token: str, now: datetime, *, counts: bool
    ) -> str | None:
        """Return None where it is none of this capability's; not counts: a machine looks."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a contact answered to something that was said unasked."""

    tapped: str = ""
    """The id of the choice that they tapped."""
    reply_to: str = ""
    """The provider's id of the message that they say they answer."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Rows of every merchant's whose time comes while nobody writes: what ends, or wants a word.

    The sweep looks into it, and has a timer fall due in the conversation of whom it concerns.
    """

    times: Times
    """When the next of them fall due."""
    take: Callable[[AsyncConnection, datetime, int], Awaitable[Sequence[TimerFor]]]
    """Note those that are due by the time, at most so many, as taken, and return their timers."""
    tell: Callable[[AsyncConnection, datetime, int], Awaitable[Sequence[Told]]] | None = None
    """Likewise, and return what contacts are told, who never wrote among them, and what staff are.
    """


Reindex: TypeAlias = Callable[
    [AsyncSession, MerchantId, datetime, UUID | None], Awaitable[tuple[int, UUID | None]]
]
"""Called with the last one that was put, None at first; returns how many were found otherwise
before, and the last one of this batch: None where there was none left."""
Oddities: TypeAlias = Callable[[AsyncSession, MerchantId], Awaitable[Sequence[str]]]
"""Returns what stands in the way of whoever uses the data, a plain phrase each."""

CountsByDay: TypeAlias = Callable[
    [AsyncSession, MerchantId, Days], Awaitable[Mapping[str, Mapping[date, int]]]
]
"""Counts by the merchant's days: name of what is counted, day, how many."""


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
    offered: bool = True
    """Offered where a message may mean it, and begun where it is likely to. False: a step to
    which other tasks lead; of words only its triggers begin it."""
    query: bool = False
    """Read-only: answered in the middle of another task, which then goes on."""
    at_once: bool = False
    """It changes something without asking for a yes, as what is put in a cart: done in the middle
    of another task, as a query is answered, and like one said without a word around it."""
    parts: bool = False
    """Its phrases part a message where they begin a clause: "add 2 teas and remove the milk"."""
    sole: bool = False
    """There is one of it at a time, as there is one order of a cart: begun again with other words
    it is changed, and not begun for another one."""

    step_of: str = ""
    """The task that leads to it: begun anew where the contact wants to begin again."""

    @property
    def in_passing(self) -> bool:
        """Tell whether it is over as soon as it has begun, and not worth announcing."""
        return self.query or self.at_once

    @classmethod
    def of(
        cls,
        flow: type[SimpleFlow],
        *,
        in_menu: bool = False,
        offered: bool = True,
        query: bool = False,
        step_of: str = "",
    ) -> "Task":
        """Return the task that a flow does, by the flow's own name and form."""
        make = cast("FlowFactory", flow)
        return cls(
            name=flow.name,
            form=flow.form,
            make=make,
            in_menu=in_menu,
            offered=offered,
            query=query,
            step_of=step_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What a capability makes of its part of one merchant's file: no code is written for it."""

    tasks: tuple[Task, ...] = ()
    phrases: OwnPhrases = field(default_factory=OwnPhrases)
    wording: OwnWording = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """What a merchant can switch on."""

    name: str
    tasks: tuple[Task, ...]
    settings: type[BaseModel]
    """Validates the capability's part of the merchant's YAML."""
    phrases: Path
    """Folder with a YAML file per language."""
    always: bool = False
    """Every merchant has it, whatever its file says: what people may always ask for."""
    about: str = ""
    """Catalogue key of what it does for people: who writes for the first time is told it."""
    locales: Path | None = None
    """Folder with a PO file per language, of a package that brings its own wording."""
    terms: Callable[[Mapping[str, Any]], Mapping[str, Terms]] | None = None
    """Return the words that its part of the merchant's YAML gives things, by kind: readers find
    them in `Scene.terms`."""
    own: Callable[[Mapping[str, Any]], Own] | None = None
    """Return the tasks that its part of the merchant's YAML describes. The same part gives the
    same tasks: it is called again and again."""
    made: Own = field(default_factory=Own)
    """What `own` made for the merchant whose capability this is."""
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    patient: frozenset[str] = frozenset()
    """Those of its timers of which nobody needs to hear in the night: they wait until the
    morning, unless the contact is there (decision 49)."""
    answers: Mapping[str, AnswerHandler] = field(default_factory=dict)
    """By kind of request: what to do with what the outside world said."""
    fetches: frozenset[str] = frozenset()
    """Kinds of requests of its own by which it has files fetched (`dialogue.fetching.fetch`)."""
    makes: Mapping[str, Maker] = field(default_factory=dict)
    """Files that it makes for contacts, by the kind of request that asks for them
    (`dialogue.making.make`); an answer handler of the same name gives them out."""
    pictures: PictureHandler | None = None
    """What it does with a picture that comes without a word and that no open task wants."""
    orders: OrderHandler | None = None
    """What it makes of an order that was put together in the channel's own catalogue."""
    referred: ReferredHandler | None = None
    """What it begins when somebody writes about a thing of the channel's own catalogue."""
    guesses: GuessHandler | None = None
    """What may be meant by words that no layer of understanding knew, such as a product's name,
    of which only the database knows."""
    router: str = ""
    """Where its part of the API is, as `package.module:name`: only a process that serves the API
    imports it. It stands under `/api/v1`."""
    merge_contacts: Callable[[AsyncConnection, ContactId, ContactId], Awaitable[None]] | None = (
        None
    )
    """Move what the first contact has to the second: they turned out to be one person."""
    judge: Judge | None = None
    """Takes down what staff reject, and puts it back."""
    export: Export | None = None
    """What it keeps of a contact, for whoever may ask for all that is kept."""
    erase_contact: EraseContact | None = None
    """What of it goes when a contact is erased: all that `export` shows."""
    leaves: Leaves | None = None
    """What a contact is told of that before they say yes to it."""
    afterwards: AfterHandler | None = None
    """What may be asked once a task is done, and nothing else is open."""
    tidy: Tidy | None = None
    """Delete rows of every merchant's that are over, a batch at a time."""
    keeps: Sequence[Kept] = ()
    """Kinds of its data that go when a setting of the merchant's says so."""
    needed: Needed | None = None
    """Of whom it keeps what is still needed: they are not erased for being silent."""
    by_day: CountsByDay | None = None
    """Count for one merchant's statistics what happened by day."""
    calendar: Calendar | None = None
    """Its `timers` handle what falls due."""
    replies: Mapping[str, ReplyHandler] = field(default_factory=dict)
    """By name of a `Push`: what it notes of an answer."""
    reached: ReachedHandler | None = None
    """What it notes of how far messages got."""
    follow: FollowHandler | None = None
    """Where addresses of ours lead that it gave out."""
    payments: Mapping[str, PaymentHandler] = field(default_factory=dict)
    """By subject: what it does about money that it asked for (`dialogue.paying.pay`)."""
    numbers: Mapping[str, NumberHandler] = field(default_factory=dict)
    """By purpose: what follows when staff say that a number which somebody else had proven is the
    contact's (`dialogue.verifying`)."""
    imports: Mapping[str, Importer] = field(default_factory=dict)
    """What `sokoni import` makes of the rows of a file, by what they are: `providers`."""
    exporters: Mapping[str, Exporter] = field(default_factory=dict)
    """What `sokoni export` writes into a file, by what the rows are: `products`."""
    catalogue: CatalogueSource | None = None
    """What `sokoni catalogue push` puts into a channel's own catalogue."""
    reindex: Reindex | None = None
    """Put what it has searched into the index anew, a batch at a time."""
    oddities: Oddities | None = None
    """What `sokoni doctor` says of a merchant's data."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What it knows of contacts that an audience may ask for, as `store.ordered`."""
    load_demo: Callable[[Any, Mapping[str, Any]], Awaitable[None]] | None = None
    """Load a demo merchant's data of this capability: called with a `demo.Loading` and the
    capability's part of the demo file."""
    hang_demo: str = ""
    """What gives that data pictures where it has none, as `package.module:name`: only who draws
    imports it. Called with a `demo.Hanging` and the same part, once nothing else is open."""

    def of(self, merchant: MerchantProfile) -> "Capability":
        """Return it with the tasks that the merchant's own file describes."""
        if self.own is None:
            return self
        made = self.own(merchant.capabilities.get(self.name, {}))
        return replace(self, tasks=(*self.tasks, *made.tasks), made=made)


def terms_of(capabilities: Sequence[Capability], merchant: MerchantProfile) -> Mapping[str, Terms]:
    """Return the words that a merchant has of its own, by kind."""
    return {
        kind: phrases
        for one in capabilities
        if one.terms is not None
        for kind, phrases in one.terms(merchant.capabilities.get(one.name, {})).items()
    }


def facts_of(
    capabilities: Mapping[str, Capability], merchant: MerchantProfile
) -> Mapping[str, Fact]:
    """Return what an audience of the merchant's may ask for, by name."""
    brought = {
        name: fact
        for one in merchant.capabilities
        if one in capabilities
        for name, fact in _facts(capabilities[one].of(merchant)).items()
    }
    return {**OF_CONTACTS, **OF_CONVERSATIONS, **brought}


def tasks_of(capabilities: Mapping[str, Capability], merchant: MerchantProfile) -> frozenset[str]:
    """Return the names of what contacts of the merchant's can start."""
    return frozenset(
        task.name
        for one in merchant.capabilities
        if one in capabilities
        for task in capabilities[one].of(merchant).tasks
    )


def _facts(capability: Capability) -> Mapping[str, Fact]:
    return {**capability.facts, **capability.made.facts}
