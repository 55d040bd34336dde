"""What to say, by catalogue key, and what a choice does when it is taken.

All of it survives in rows: tells and stored menus carry prompts and commands as msgspec JSON.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeAlias

import msgspec

from sokoni.kit.money import Money

_ENCODER: Final = msgspec.json.Encoder()


class Worded(msgspec.Struct, frozen=True, omit_defaults=True, tag="worded"):
    """Wording inside wording: a catalogue key with its own parameters, such as a unit."""

    key: str
    params: Mapping[str, "Param"] = {}


class Amount(msgspec.Struct, frozen=True, tag="amount"):
    """Money to be written the way the contact's language writes it."""

    amount: Decimal
    currency: str

    @classmethod
    def of(cls, money: Money) -> "Amount":
        return cls(money.amount, money.currency)


class Instant(msgspec.Struct, frozen=True, omit_defaults=True, tag="instant"):
    """An aware UTC time, shown in the merchant's zone: as `day`, `time` or `full`."""

    at: str
    """ISO 8601."""
    style: str = "full"


class Day(msgspec.Struct, frozen=True, tag="day"):
    """A day with its year, such as a birthday: the same in every zone."""

    value: date


class Number(msgspec.Struct, frozen=True, tag="number"):
    """A number that may have decimals, without trailing zeros."""

    value: Decimal


class Lines(msgspec.Struct, frozen=True, tag="lines"):
    """Several things, each on a line of its own."""

    items: tuple["Param", ...]


Param: TypeAlias = str | int | Worded | Amount | Instant | Day | Number | Lines
Params: TypeAlias = Mapping[str, Param]


# --- commands: what understanding makes of an event, all that the engine acts on ---------------


class Unclear(msgspec.Struct, frozen=True, omit_defaults=True):
    """Words about a slot that settle no value: several prices, a place that nobody knows."""

    said: str
    candidates: tuple[msgspec.Raw, ...] = ()
    """JSON values that may be meant, likeliest first."""


class Start(msgspec.Struct, frozen=True, omit_defaults=True, tag="start"):
    """Start a flow or query by name, with what is known already (JSON values of its slots)."""

    task: str
    slots: Mapping[str, msgspec.Raw] = {}
    sure: float = 1.0
    unclear: Mapping[str, Unclear] = {}
    later: tuple["Start", ...] = ()
    """What the same words asked for besides: begun when this is done or left."""

    @classmethod
    def knowing(cls, task: str, known: Mapping[str, object]) -> "Start":
        """Return the start of a task with values of slots that are known already."""
        slots = {slot: msgspec.Raw(_ENCODER.encode(value)) for slot, value in known.items()}
        return cls(task, slots)

    @classmethod
    def of(cls, capability: str, task: str, known: Mapping[str, object] = {}) -> "Start":
        """Return the start of a capability's task, with values of slots that are known already."""
        return cls.knowing(f"{capability}.{task}", known)


class SetSlots(msgspec.Struct, frozen=True, omit_defaults=True, tag="set"):
    """Fill or correct slots of the open task (JSON values)."""

    slots: Mapping[str, msgspec.Raw]
    unclear: Mapping[str, Unclear] = {}
    later: tuple[Start, ...] = ()
    """What was asked for besides, for when the open task is done or left."""


class Pick(msgspec.Struct, frozen=True, tag="pick"):
    """An option of a menu was taken, by tap, number or label. Its id came from outside."""

    option_id: str


class Confirm(msgspec.Struct, frozen=True, tag="confirm"):
    pass


class Deny(msgspec.Struct, frozen=True, tag="deny"):
    pass


class Edit(msgspec.Struct, frozen=True, omit_defaults=True, tag="edit"):
    """Change something; `slot` where the contact said what."""

    slot: str = ""


class Back(msgspec.Struct, frozen=True, tag="back"):
    pass


class Skip(msgspec.Struct, frozen=True, tag="skip"):
    pass


class Cancel(msgspec.Struct, frozen=True, tag="cancel"):
    pass


class Restart(msgspec.Struct, frozen=True, tag="restart"):
    pass


class Repeat(msgspec.Struct, frozen=True, tag="repeat"):
    pass


class Menu(msgspec.Struct, frozen=True, tag="menu"):
    pass


class Help(msgspec.Struct, frozen=True, tag="help"):
    about: str = ""
    """The slot of which the contact wants to know what it is asked for."""


class Greet(msgspec.Struct, frozen=True, tag="greet"):
    pass


class Thank(msgspec.Struct, frozen=True, tag="thank"):
    """The contact says thank you."""


class Remark(msgspec.Struct, frozen=True, tag="remark"):
    """The contact says something that asks for nothing: "cool", "let me think"."""


class HandOver(msgspec.Struct, frozen=True, tag="handover"):
    """The contact asks for a person."""


class Resume(msgspec.Struct, frozen=True, tag="resume"):
    """The contact asks for the bot again."""


class OptOut(msgspec.Struct, frozen=True, tag="optout"):
    pass


class OptIn(msgspec.Struct, frozen=True, tag="optin"):
    pass


class Speak(msgspec.Struct, frozen=True, tag="speak"):
    """Change the language."""

    language: str


class Page(msgspec.Struct, frozen=True, omit_defaults=True, tag="page"):
    """Show a page of a menu: of the one it stands in, where none is named."""

    number: int
    menu: str = ""


class More(msgspec.Struct, frozen=True, tag="more"):
    """The contact wants to see more where there is no more."""


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Not understood: ask, offering the likeliest meanings (`Start`s by name)."""

    likely: tuple[str, ...] = ()
    asked: bool = False
    """It was a question that nothing here answers."""


Command: TypeAlias = (
    Start
    | SetSlots
    | Pick
    | Confirm
    | Deny
    | Edit
    | Back
    | Skip
    | Cancel
    | Restart
    | Repeat
    | Menu
    | Help
    | Greet
    | Thank
    | Remark
    | HandOver
    | Resume
    | OptOut
    | OptIn
    | Speak
    | Page
    | More
    | Ask
)


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing the contact may pick.

    Without a label, the catalogue names it by `choice.<id>`. Without a command, picking it
    answers the slot that was asked for with the choice's id.
    """

    id: str
    label: str | Worded = ""
    description: str | Worded = ""
    command: Command | None = None
    means: str = ""
    """`yes` or `no`, where that is another way to say it: a prompt that asks takes it as typed."""
    counts: str = ""
    """Slot of its start that a bare number fills: "3", where no numbers are shown beside "Add to
    cart", is three of it and not the third choice."""
    product: str = ""
    """What it stands for, by its number in a channel's own catalogue."""


class Listed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which page of a query's results is shown: enough to look again, and no row of it."""

    task: str
    slots: Mapping[str, msgspec.Raw] = {}
    """What was asked for (JSON values of the query's slots)."""
    starts: tuple[int, ...] = (0,)
    """How many results came before each page up to this one."""
    more: bool = False
    """Something comes after it."""

    @property
    def page(self) -> int:
        return len(self.starts)

    @property
    def ends(self) -> bool:
        """Tell whether it is the last of several pages."""
        return self.page > 1 and not self.more


class Consent(msgspec.Struct, frozen=True):
    """What a yes agrees to besides: said below the summary until it has been agreed to."""

    purpose: str
    """What it is for, by one short name: `privacy`."""
    wording: Worded


class Push(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be known of an answer to something that was said unasked."""

    name: str
    """Whose `Capability.replies` hears of it."""
    data: Mapping[str, str] = {}
    task: str = ""
    """What words begin that answer it and mean nothing by themselves; "": nothing."""


class Prompt(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to say: wording and language are decided when it is rendered."""

    key: str
    params: Params = {}
    choices: tuple[Choice, ...] = ()
    numbered: bool = False
    """A fixed choice shown as one numbered text with all options."""
    written: bool = False
    """What may be picked is written in the text, too: a list opens only on a tap."""
    product: str = ""
    """What it shows, by its number in a channel's own catalogue: with its own picture there."""
    catalogue: bool = False
    """Its choices lead into all there is: a channel's own catalogue may be opened beside them."""
    image_url: str = ""
    document_url: str = ""
    """A file to keep, such as a receipt, and how it is named."""
    document_name: str = ""
    link_url: str = ""
    link_label: str | Worded = ""
    ask_location: bool = False
    ask_contact: bool = False
    """It asks for the contact's phone number, which a button of the channel may share."""
    listed: Listed | None = None
    """The page of results that the choices are."""
    sms: str = ""
    """It is an SMS to this number, for simulated phones to show: no message of the channel's."""
    consent: Consent | None = None
    """Of a summary: what its yes agrees to besides."""
    template: str = ""
    """Purpose of the template that stands in for it, where that is not its key."""
    as_template: bool = False
    """It goes as that template though it might go as it is."""
    push: Push | None = None
