"""What a merchant may set about registrations, under `capabilities: onboarding:`."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from string import Formatter
from typing import Annotated, Any, Final, Self

import phonenumbers
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from sokoni.dialogue.form import Form
from sokoni.merchants.keeping import KeptDays

NAME: Final = "onboarding"
CODE_TASK: Final = "code"
_LONGEST: Final = 1000
_RESERVED: Final = frozenset({"anew", "confirmation", "verification", "completed", "registration"})


class Kind(StrEnum):
    """What a step asks for."""

    TEXT = "text"
    NAME = "name"
    CHOICE = "choice"
    PLACE = "place"
    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    DATE = "date"
    PINCODE = "pincode"
    GSTIN = "gstin"
    PAN = "pan"
    UDYAM = "udyam"
    PHOTO = "photo"
    DOCUMENT = "document"
    CONSENT = "consent"


COMPARED: Final = frozenset({Kind.CHOICE, Kind.CONSENT})
"""Kinds of steps on whose answers others may depend."""
_BY_LABEL: Final = frozenset(
    {Kind.TEXT, Kind.CHOICE, Kind.NUMBER, Kind.DATE, Kind.PHOTO, Kind.DOCUMENT}
)
"""Kinds that say nothing of what they are for: a label or a question has to."""


def _by_language(value: Any) -> Any:  # noqa: ANN401 -- as it stands in the file
    """Let a text alone be said in every language."""
    return {"": value} if isinstance(value, str) else value


def _listed(value: Any) -> Any:  # noqa: ANN401
    return [value] if isinstance(value, str) else value


def _phrases(value: Any) -> Any:  # noqa: ANN401
    return {"": value} if isinstance(value, str | list) else value


def _languages(said: Mapping[str, object]) -> Mapping[str, object]:
    for language in said:
        if language and not re.fullmatch(r"[a-z]{2,3}", language):
            raise ValueError(f"{language!r} is no language; they are two letters, such as en")
    return said


Line = Annotated[str, Field(min_length=1, max_length=_LONGEST)]
Text = Annotated[
    dict[str, Line],
    BeforeValidator(_by_language),
    Field(min_length=1),
    AfterValidator(_languages),
]
"""A text for every language, or one by language."""
Some = Annotated[tuple[Line, ...], BeforeValidator(_listed)]
Phrases = Annotated[dict[str, Some], BeforeValidator(_phrases), AfterValidator(_languages)]
"""Phrases by language; a list alone is for every language."""
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


def _country(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError(f"{code!r} is no country; they are two capital letters, such as IN")
    return code


class Part(BaseModel, frozen=True, extra="forbid"):
    """A part of the file: what it does not know is refused."""


class Option(Part):
    """One answer to a step of kind `choice`."""

    id: Id
    """As conditions, audiences and the API name it."""
    label: Text
    """As it is shown."""
    words: Phrases = {}
    """What people call it besides."""


class Step(Part):
    """One thing that is asked for."""

    slot: Id
    """Its name: in files, in the API, and in conditions of later steps."""
    kind: Kind
    """What it asks for; it decides how the answer is read."""
    label: Text | None = None
    """What it is called: in the summary, and where it is to be changed."""
    ask: Text | None = None
    """The question; nothing: ours for the kind."""
    names: Phrases = {}
    """What people call it besides: by these words they change it."""
    help: Text | None = None
    """Why it is asked for: said to who asks."""
    not_understood: Text | None = None
    """Said where the answer is none, with an example."""
    optional: bool = False
    """It may be skipped."""
    personal: bool = False
    """It is nobody's business: of a choice, a place or a PIN code, by which audiences may else be
    chosen. Everything is kept sealed, these or others."""
    options: tuple[Option, ...] = ()
    """Of a choice."""
    min_length: int = Field(1, ge=1, le=_LONGEST)
    """Of a text."""
    max_length: int = Field(_LONGEST, ge=1, le=_LONGEST)
    """Of a text or a name."""
    pattern: str = ""
    """Of a text: what all of it must look like, as a regular expression."""
    minimum: float | None = None
    """Of a number."""
    maximum: float | None = None
    """Of a number."""
    past: bool = False
    """Of a date: it is not to come."""
    countries: tuple[Annotated[str, AfterValidator(_country)], ...] = ()
    """Of a phone: whose numbers; nothing: the merchant's country."""
    mobile: bool = True
    """Of a phone: no landline."""
    purpose: str = Field("privacy", pattern=r"^[a-z][a-z_]{1,31}$")
    """Of a consent: what it is for. `marketing` is the consent to be written to."""
    required: bool = True
    """Of a consent: who does not agree cannot register."""
    when: dict[str, Some] = {}
    """Asked only where earlier steps have one of these answers."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.options) != (self.kind is Kind.CHOICE):
            raise ValueError("a step of kind choice has options, and no other has")
        if self.label is None and self.ask is None and self.kind in _BY_LABEL:
            raise ValueError(f"a step of kind {self.kind} needs a label or its question, ask")
        if self.kind is Kind.CONSENT and self.ask is None:
            raise ValueError("a consent needs its wording, ask")
        ids = [one.id for one in self.options]
        if len(set(ids)) < len(ids):
            raise ValueError("each option has an id of its own")
        if self.kind is Kind.CHOICE and len(ids) < 2:
            raise ValueError("a choice has two options or more")
        if self.min_length > self.max_length:
            raise ValueError("min_length is more than max_length")
        self._check_pattern()
        return self

    def _check_pattern(self) -> None:
        if self.pattern and self.kind is not Kind.TEXT:
            raise ValueError("only a step of kind text has a pattern")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern: {error}") from error

    @model_validator(mode="after")
    def _named(self) -> Self:
        if hasattr(Form, self.slot) or self.slot in _RESERVED:
            raise ValueError(f"a slot cannot be called {self.slot}")
        return self

    def answers(self) -> frozenset[str]:
        """Return the answers on which others may depend."""
        if self.kind is Kind.CONSENT:
            return frozenset({"yes", "no"})
        return frozenset(one.id for one in self.options)


class Verify(Part):
    """A code that proves a phone number."""

    slot: Id
    """The step of kind `phone`."""
    always: bool = False
    """Also where it is the number that the contact writes from."""


class Link(Part):
    """Where it goes on."""

    url: str = Field(pattern=r"^https?://\S+$", max_length=2000)
    """Its address."""
    label: Text | None = None
    """Of the button that leads there."""


class Registration(Part):
    """One thing that people register for."""

    name: Id
    """In commands, in the API, and for `greets_with`."""
    label: Text
    """What it is called in the menu."""
    greeting: Text | None = None
    """Said before the first question, to who says hello."""
    triggers: Phrases = {}
    """Phrases that begin it."""
    examples: Phrases = {}
    """What people write who mean it, besides."""
    steps: tuple[Step, ...]
    """What is asked for, in order."""
    done: Text | None = None
    """Said at the end; {slot} stands for what was answered."""
    link: Link | None = None
    """A button below that."""
    verify: Verify | None = None
    """Which phone number a code has to prove."""
    approve: bool = False
    """Staff must approve it."""
    user_type: str = Field("user", max_length=32)
    """What an outside service is told that registers."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.steps:
            raise ValueError("a registration has one step or more")
        before: dict[str, Step] = {}
        for step in self.steps:
            if step.slot in before:
                raise ValueError(f"{step.slot} is asked for twice")
            _check_when(step, before)
            before[step.slot] = step
        if self.verify is not None:
            proven = before.get(self.verify.slot)
            if proven is None or proven.kind is not Kind.PHONE:
                raise ValueError(f"verify: {self.verify.slot} is no step of kind phone")
        for text in (self.done or {}).values():
            _check_placeholders(text, before)
        return self


def _check_when(step: Step, before: Mapping[str, Step]) -> None:
    for slot, wanted in step.when.items():
        other = before.get(slot)
        if other is None or other.kind not in COMPARED:
            raise ValueError(f"{step.slot}: {slot} is no choice or consent that comes before it")
        unknown = sorted(set(wanted) - other.answers())
        if unknown:
            raise ValueError(f"{step.slot}: {', '.join(unknown)} is no answer to {slot}")


def _check_placeholders(text: str, steps: Mapping[str, Step]) -> None:
    try:
        named = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise ValueError(f"done: {error}") from error
    for name in named:
        if name not in steps and name != "reference":
            raise ValueError(f"done: {{{name}}} is no slot of its steps")


class OnboardingSettings(BaseModel, frozen=True, extra="forbid"):
    """What people can register for."""

    registrations: tuple[Registration, ...]
    keep_unfinished_days: KeptDays = 365
    """Registrations that nobody went on with, or that were rejected, are kept for so long; 0: for
    ever."""
    keep_registrations_days: KeptDays = 0
    """Finished ones are kept for so long after the last change; 0: for ever. What waits for staff
    always stays."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        names = [one.name for one in self.registrations]
        if len(set(names)) < len(names):
            raise ValueError("each registration has a name of its own")
        if CODE_TASK in names:
            raise ValueError(f"a registration cannot be called {CODE_TASK}")
        return self

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "OnboardingSettings":
        return cls.model_validate(dict(declared))

    def choices(self) -> Iterator[tuple[Registration, Step]]:
        """Yield the steps that have options, with their registrations."""
        for registration in self.registrations:
            for step in registration.steps:
                if step.options:
                    yield registration, step
