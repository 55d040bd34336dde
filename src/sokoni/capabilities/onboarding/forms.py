"""Forms made of a merchant's own file: a field for every step, with the reader of its kind."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, create_model

from sokoni.capabilities.onboarding.settings import (
    CODE_TASK,
    NAME,
    Kind,
    OnboardingSettings,
    Registration,
    Step,
)
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.day import DayReader
from sokoni.language.readers.email import EmailReader
from sokoni.language.readers.mobile import MobileReader
from sokoni.language.readers.name import IntroducedNameReader
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.papers import PaperReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.term import TermReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.yes_no import YesNoReader
from sokoni.language.reading import KnownPlace
from sokoni.media.kinds import FileKind
from sokoni.media.references import FileRef

ANEW: Final = "anew"
"""The slot by which somebody who is registered already says that they want something changed."""
_BUTTONS_AND_LISTS: Final = 10
_KEPT: Final = 64


class RegistrationForm(Form):
    """Register."""

    anew: Annotated[bool, Slot(editable=False, early=False)] = False


@dataclass(frozen=True, slots=True)
class Registering:
    """One registration of a merchant's, with its form."""

    registration: Registration
    form: type[RegistrationForm]
    steps: Mapping[str, Step]

    @property
    def task(self) -> str:
        return task_of(self.registration)

    @property
    def prove_task(self) -> str:
        """The task by which its phone number is proven."""
        return f"{NAME}.{CODE_TASK}.{self.registration.name}"

    def key(self, *parts: str) -> str:
        """Return a key of its own wording."""
        return ".".join((self.task, *parts))

    def moot(self, known: Known) -> Collection[str]:
        """Return the steps that are not asked as things stand."""
        moot: set[str] = set()
        for slot, step in self.steps.items():
            if any(
                other in moot or answer_of(known.get(other)) not in wanted
                for other, wanted in step.when.items()
            ):
                moot.add(slot)
        return moot


def answer_of(value: object) -> str:
    """Return an answer as conditions name it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def task_of(registration: Registration) -> str:
    return f"{NAME}.{registration.name}"


def term_of(registration: Registration, step: Step) -> str:
    """Return the kind of the merchant's own words by which the options are named."""
    return f"{task_of(registration)}.{step.slot}"


def registering(registration: Registration) -> Registering:
    """Make the form of a registration. Each call makes another class."""
    fields: dict[str, Any] = {step.slot: _field(registration, step) for step in registration.steps}
    form = create_model(
        f"{registration.name.title().replace('_', '')}Form",
        __base__=RegistrationForm,
        __doc__=f"Register: {next(iter(registration.label.values()))}",
        **fields,
    )
    steps = {step.slot: step for step in registration.steps}
    return Registering(registration, form, steps)


def registrations(declared: Mapping[str, Any]) -> Mapping[str, Registering]:
    """Return a merchant's registrations by name: the same forms for the same file."""
    return _made(json.dumps(declared, sort_keys=True))


@lru_cache(maxsize=_KEPT)
def _made(declared: str) -> Mapping[str, Registering]:
    settings = OnboardingSettings.of(json.loads(declared))
    return {one.name: registering(one) for one in settings.registrations}


def _field(registration: Registration, step: Step) -> tuple[Any, Any]:
    kind, *beside = _kind(registration, step)
    depends = bool(step.when)
    slot = Slot(
        asked=step.optional,
        needed=depends and not step.optional,
        pin=step.kind is Kind.PLACE,
        file=_FILES.get(step.kind),
        numbered=len(step.options) > _BUTTONS_AND_LISTS,
        early=step.kind is not Kind.CONSENT,
    )
    if step.optional or depends:
        return Annotated[(kind | None, *beside, slot)], None
    return Annotated[(kind, *beside, slot)], ...


_FILES: Final = {Kind.PHOTO: FileKind.IMAGE, Kind.DOCUMENT: FileKind.DOCUMENT}


def _kind(registration: Registration, step: Step) -> tuple[Any, ...]:  # noqa: C901, PLR0911
    match step.kind:
        case Kind.TEXT:
            return (
                Annotated[(str, *_fitting(step))],
                TextReader(shortest=step.min_length, longest=step.max_length),
            )
        case Kind.NAME:
            return (Annotated[str, Field(max_length=step.max_length)], IntroducedNameReader())
        case Kind.CHOICE:
            ids = tuple(one.id for one in step.options)
            return (Literal[ids], TermReader(term_of(registration, step)))
        case Kind.PLACE:
            return (KnownPlace, PlaceReader())
        case Kind.PHONE:
            return (str, MobileReader(step.countries, mobile=step.mobile))
        case Kind.EMAIL:
            return (str, EmailReader())
        case Kind.NUMBER:
            limits = Field(ge=step.minimum, le=step.maximum)
            return (Annotated[Decimal, limits], NumberReader())
        case Kind.DATE:
            return (date, DayReader(past=step.past))
        case Kind.PHOTO | Kind.DOCUMENT:
            return (FileRef,)
        case Kind.CONSENT:
            return (bool, YesNoReader())
        case _:
            return (str, PaperReader(step.kind))


def _fitting(step: Step) -> tuple[Any, ...]:
    length = Field(min_length=step.min_length, max_length=step.max_length)
    if not step.pattern:
        return (length,)
    pattern = re.compile(step.pattern)

    def check(said: str) -> str:
        if pattern.fullmatch(said) is None:
            raise ValueError("it does not look like one")
        return said

    return (length, AfterValidator(check))
