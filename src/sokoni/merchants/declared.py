"""What a merchant file may say, as models (design §7)."""

import re
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from sokoni.kit.money import CURRENCIES
from sokoni.merchants.keeping import KeptDays
from sokoni.merchants.profile import CODES_A_DAY, FREE_MESSAGES

_MOST_BUTTONS: Final = 10
_MOST_LINKS: Final = 2
_BUTTON_TITLE: Final = 25
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_SUFFIX: Final = re.compile(r"\{\{\s*1\s*\}\}$")


class Role(StrEnum):
    """What a member of staff may do, from everything to looking on."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    VIEWER = "viewer"


class Approval(StrEnum):
    """What the channel thinks of a template; only an approved one is sent."""

    APPROVED = "APPROVED"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    PAUSED = "PAUSED"
    DISABLED = "DISABLED"


class Category(StrEnum):
    UTILITY = "UTILITY"
    MARKETING = "MARKETING"
    AUTHENTICATION = "AUTHENTICATION"


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no time zone; they read like Africa/Harare")
    return ZoneInfo(name).key


def _country(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{code!r} is no country; they are two capital letters, such as ZW")
    return code


def _currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"{code!r} is no currency; they are three capital letters, such as USD")
    return code


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("each language may stand here once")
    return names


def _empty_means_none_set(value: Any) -> Any:  # noqa: ANN401
    """Let `marketplace:` with nothing behind it mean: with the usual settings."""
    return {} if value is None else value


def _one_or_more(value: Any) -> Any:  # noqa: ANN401
    return [value] if isinstance(value, str) else value


def _quick_replies(value: Any) -> Any:  # noqa: ANN401
    """Let `{yes: Good}` stand for a list of quick replies."""
    if not isinstance(value, dict):
        return value
    return [{"choice": choice, "title": title} for choice, title in value.items()]


Settings = Annotated[dict[str, Any], BeforeValidator(_empty_means_none_set)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class Part(BaseModel, frozen=True, extra="forbid"):
    """A part of the file: what it does not know is refused."""


class DeclaredStaff(Part):
    name: str = Field(min_length=1, max_length=120)
    role: Role
    """Owners, managers and agents are told when a contact wants a person."""
    phone: str
    """Their own WhatsApp number."""


class HeaderKind(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    DOCUMENT = "document"


class DeclaredHeader(Part):
    """What stands at the head of a template."""

    kind: HeaderKind = HeaderKind.TEXT
    """A line of text, or a file by link."""
    text: str = Field("", max_length=60)
    """As approved, with `{{1}}` or `{{name}}` where it has a variable."""
    variable: str = ""
    """The prompt's parameter: what fills the text's variable, or the file's web address."""
    link: str = Field("", pattern=r"^(https://\S+)?$", max_length=2000)
    """The file, where the prompt brings none of its own."""
    filename: str = Field("", max_length=120)
    """As the contact sees a document."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind is HeaderKind.TEXT:
            if not self.text or self.link or self.filename:
                raise ValueError("a header of text has a text, and no file")
            if len(_PLACEHOLDER.findall(self.text)) != bool(self.variable):
                raise ValueError("the header's text must have a {{1}} (or {{name}}) per variable")
        elif self.text:
            raise ValueError("a header that is a file has no text")
        elif self.kind is HeaderKind.DOCUMENT and not (self.link or self.variable):
            raise ValueError("a document needs a link, or a variable that holds it")
        return self


class DeclaredButton(Part):
    """A quick reply, or a link whose address may end in a variable."""

    title: str = Field(min_length=1, max_length=_BUTTON_TITLE)
    """As approved."""
    choice: str = Field("", max_length=200)
    """The prompt's choice that a quick reply takes."""
    url: str = Field("", pattern=r"^(https?://\S+)?$", max_length=2000)
    """As approved, with `{{1}}` at its end where it varies."""
    variable: str = ""
    """The prompt's parameter that ends the address."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.choice) == bool(self.url):
            raise ValueError("a button has either a choice or a url")
        varies = _PLACEHOLDER.findall(self.url)
        if len(varies) != bool(self.variable) or (varies and not _SUFFIX.search(self.url)):
            raise ValueError("a url ends in {{1}} where the button has a variable, and only there")
        return self


class DeclaredTemplate(Part):
    """A message that channels approved, for one purpose in one language."""

    channel: Annotated[tuple[str, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
    """One channel, or a list of channels that know it by the same name."""
    purpose: str = Field(min_length=1, max_length=64)
    """The catalogue key of what it stands in for."""
    language: Language
    code: str = Field("", pattern=r"^([A-Za-z]{2,3}(_[A-Za-z]{2,4})?)?$")
    """The channel's own code of the language, such as en_US, where it has another."""
    name: str = Field(min_length=1, max_length=191)
    """As the channel knows it."""
    category: Category | None = None
    """Utility, unless the file or the channel says otherwise."""
    header: DeclaredHeader | None = None
    """A line of text, a picture or a document above the body."""
    body: str = Field(min_length=1, max_length=1024)
    """As approved, with `{{1}}` or `{{name}}` for each variable."""
    variables: tuple[str, ...] = ()
    """Names of the prompt's parameters, in the order of the body's placeholders; `link_url` is
    where its link leads."""
    footer: str = Field("", max_length=60)
    """A line below the body, without variables."""
    buttons: Annotated[
        tuple[DeclaredButton, ...],
        BeforeValidator(_quick_replies),
        Field(max_length=_MOST_BUTTONS),
    ] = ()
    """In the order in which they were approved. Quick replies alone may be written as
    `{choice id: title}`."""
    approval: Approval | None = None
    """Approved, unless the file or the channel says otherwise."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        placeholders = set(_PLACEHOLDER.findall(self.body))
        numbers = {str(number) for number, _ in enumerate(self.variables, 1)}
        if placeholders not in (numbers, set(self.variables)):
            raise ValueError("the body must have a {{1}}, {{2}}… (or {{name}}…) per variable")
        if any("," in name for name in self.variables):
            raise ValueError("no comma in the name of a variable")
        if sum(bool(button.url) for button in self.buttons) > _MOST_LINKS:
            raise ValueError(f"{_MOST_LINKS} buttons at most are links")
        choices = [button.choice for button in self.buttons if button.choice]
        if len(set(choices)) < len(choices):
            raise ValueError("each choice may have one button")
        return self


_SETTINGS: Final = {
    "support",
    "stop_words",
    "quiet_ms",
    "handover_minutes",
    "abandoned_chat_days",
    "nudge_minutes",
    "night_from",
    "night_until",
    "reference_prefix",
    "greets_with",
    "read_marks",
    "free_messages",
    "codes_a_day",
    "keep_contacts_days",
    "keep_consents_days",
}


class DeclaredSupport(Part):
    """How people reach the merchant besides the chat; what is told of it is not read."""

    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=120)
    web: str = Field("", max_length=200)
    hours: str = Field("", max_length=120)
    """When somebody is there, such as Mon-Fri 8:00-17:00."""


class DeclaredMerchant(Part):
    """The whole file. Channels and capabilities are checked by models of their own."""

    merchant: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    """Its id, in URLs and commands."""
    name: str = Field(min_length=1, max_length=120)
    country: Annotated[str, AfterValidator(_country)]
    """Whose phone numbers and places are meant where nothing else is said."""
    currency: Annotated[str, AfterValidator(_currency)]
    """Of amounts that name none."""
    timezone: Annotated[str, AfterValidator(_zone)]
    """Such as Africa/Harare."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(_distinct)]
    """The first is spoken until a contact shows another."""
    capabilities: dict[str, Settings] = Field(default_factory=dict)
    """What is switched on, each with its own settings."""
    channels: tuple[dict[str, Any], ...] = ()
    """Its numbers, with their channels' own keys; `account` names the webhook, made if absent."""
    payments: tuple[dict[str, Any], ...] = ()
    """How it takes money, with the gateways' own keys; the first is the default."""
    verification: tuple[dict[str, Any], ...] = ()
    """How codes are sent by which contacts prove numbers, with each way's own keys; the first
    that works is used."""
    templates: tuple[DeclaredTemplate, ...] = ()
    """What may be said first, or after the service window shut."""
    staff: tuple[DeclaredStaff, ...] = ()
    """Who is told when a contact wants a person."""
    quiet_ms: int = Field(1200, ge=0, le=30_000)
    """How long free text waits for the next line of a burst."""
    handover_minutes: int = Field(720, ge=1)
    """How long a person keeps a conversation that nobody gives back."""
    abandoned_chat_days: int = Field(30, ge=1)
    """A half-done task is let go after so long."""
    nudge_minutes: int = Field(0, ge=0)
    """Silence after which a half-done task is recalled once; 0: never."""
    night_from: int = Field(20, ge=12, le=24)
    """What comes up by itself and can wait is not said from this hour of the evening on; 24, and
    `night_until: 0`: it is said at any time."""
    night_until: int = Field(8, ge=0, le=12)
    """It is said at this hour of the morning."""
    support: DeclaredSupport | None = None
    """How else the merchant is reached: told to whoever asks for a person."""
    stop_words: tuple[Annotated[str, Field(min_length=2, max_length=40)], ...] = ()
    """What stops all messages besides STOP and its like in every language, each as a whole
    message."""
    reference_prefix: str = Field("", pattern=r"^[A-Z]{0,4}$")
    """Begins the references that people quote."""
    greets_with: str = Field("", pattern=r"^([a-z_]+\.[a-z][a-z0-9_]*)?$")
    """The task that "Hi" begins, such as `onboarding.msme`; nothing: it shows what can be done."""
    read_marks: bool = True
    """Show contacts that their messages were read."""
    free_messages: int = Field(FREE_MESSAGES, ge=0)
    """Free messages a month for each number: staff are told when 80 % are used up; 0: never."""

    codes_a_day: int = Field(CODES_A_DAY, ge=0)
    """Codes that go out in a day at most, to all numbers together: staff are told when they are
    used up; 0: as many as are asked for."""
    keep_contacts_days: KeptDays = 0
    """Who wrote nothing for so long, and of whom nothing is kept that is still needed, is erased;
    0: never."""
    keep_consents_days: KeptDays = 0
    """What a contact agreed to or took back is kept for so long after a later word replaced it,
    the last word always; 0: for ever."""

    def settings(self) -> dict[str, Any]:
        """Return what was said beyond what the merchant's own columns hold."""
        return self.model_dump(include=_SETTINGS, exclude_unset=True)
