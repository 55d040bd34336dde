"""What a merchant file may say, as models (design §7)."""

import re
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

_MOST_BUTTONS: Final = 10
_BUTTON_TITLE: Final = 25
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")


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


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(names)) < len(names):
        raise ValueError("each language may stand here once")
    return names


def _empty_means_none_set(value: Any) -> Any:  # noqa: ANN401
    """Let `marketplace:` with nothing behind it mean: with the usual settings."""
    return {} if value is None else value


def _one_or_more(value: Any) -> Any:  # noqa: ANN401
    return [value] if isinstance(value, str) else value


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


class DeclaredTemplate(Part):
    """A message that channels approved, for one purpose in one language."""

    channel: Annotated[tuple[str, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
    """One channel, or a list of channels that know it by the same name."""
    purpose: str = Field(min_length=1, max_length=64)
    """The catalogue key of what it stands in for."""
    language: Language
    name: str = Field(min_length=1, max_length=191)
    """As the channel knows it."""
    category: Category = Category.UTILITY
    body: str = Field(min_length=1, max_length=1024)
    """As approved, with `{{1}}` or `{{name}}` for each variable."""
    variables: tuple[str, ...] = ()
    """Names of the prompt's parameters, in the order of the body's placeholders."""
    buttons: dict[str, str] = Field(default_factory=dict, max_length=_MOST_BUTTONS)
    """Choice id to title of each quick reply."""
    approval: Approval | None = None
    """Approved, unless the file or the channel says otherwise."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        placeholders = set(_PLACEHOLDER.findall(self.body))
        numbers = {str(number) for number, _ in enumerate(self.variables, 1)}
        if placeholders not in (numbers, set(self.variables)):
            raise ValueError("the body must have a {{1}}, {{2}}… (or {{name}}…) per variable")
        if any(len(title) > _BUTTON_TITLE for title in self.buttons.values()):
            raise ValueError(f"a button's title has {_BUTTON_TITLE} letters at most")
        written = "".join([*self.variables, *self.buttons.values()])
        if "," in written or set(",:") & set("".join(self.buttons)):
            raise ValueError("no comma in variables and buttons, and no colon in a button's id")
        return self


_SETTINGS: Final = {
    "quiet_ms",
    "handover_minutes",
    "abandoned_chat_days",
    "nudge_minutes",
    "reference_prefix",
    "read_marks",
}


class DeclaredMerchant(Part):
    """The whole file. Channels and capabilities are checked by models of their own."""

    merchant: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    """Its id, in URLs and commands."""
    name: str = Field(min_length=1, max_length=120)
    country: Annotated[str, AfterValidator(_country)]
    """Whose phone numbers and places are meant where nothing else is said."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """Of amounts that name none."""
    timezone: Annotated[str, AfterValidator(_zone)]
    """Such as Africa/Harare."""
    languages: Annotated[tuple[Language, ...], Field(min_length=1), AfterValidator(_distinct)]
    """The first is spoken until a contact shows another."""
    capabilities: dict[str, Settings] = Field(default_factory=dict)
    """What is switched on, each with its own settings."""
    channels: tuple[dict[str, Any], ...] = ()
    """Its numbers, with their channels' own keys; `account` names the webhook, made if absent."""
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
    reference_prefix: str = Field("", pattern=r"^[A-Z]{0,4}$")
    """Begins the references that people quote."""
    read_marks: bool = True
    """Show contacts that their messages were read."""

    def settings(self) -> dict[str, Any]:
        """Return what was said beyond what the merchant's own columns hold."""
        return self.model_dump(include=_SETTINGS, exclude_unset=True)
