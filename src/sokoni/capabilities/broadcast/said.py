"""What a broadcast says, to whom and when: as staff write it, in a file or by the API."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

import msgspec
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, model_validator

from sokoni.contacts.facts import Fact, FactRefusedError
from sokoni.errors import AppError
from sokoni.merchants.profile import MerchantProfile

PLACEHOLDER: Final = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")
KNOWN: Final = frozenset({"name", "merchant"})
"""What may stand for itself in a text: `{name}`, or `{name|there}` where it may be unknown."""
_LONGEST: Final = 1000
_LANGUAGE: Final = r"^[a-z]{2,3}$"
_ID: Final = r"^[a-z0-9][a-z0-9_-]{0,19}$"


EXAMPLE: Final[dict[str, Any]] = {
    "examples": [
        {
            "name": "Sale on Saturday",
            "kind": "marketing",
            "audience": {
                "all": [{"fact": "store.last_order", "values": ["90"]}],
                "none": [{"fact": "tag", "values": ["staff"]}],
            },
            "texts": {
                "en": "Hi {name|there}, on Saturday everything is 10% off.",
                "sn": "Mhoro {name|shamwari}, neMugovera zvose zvaderera ne10%.",
            },
            "template": "broadcast.sale",
            "buttons": [{"id": "look", "labels": {"en": "Look around"}, "task": "store.browse"}],
            "reply": "store.browse",
            "schedule": {"local": "2026-03-06T09:00:00"},
        }
    ]
}


class ContentRefusedError(AppError):
    """Something that the broadcast says cannot be said."""

    code = "broadcast_refused"
    http_status = 422


class Part(BaseModel, frozen=True, extra="forbid"):
    """A part of it: what it does not know is refused."""


class Condition(Part):
    """A fact, and which of its values are wanted."""

    fact: str = Field(max_length=64)
    values: tuple[str, ...] = Field((), max_length=200)


class Audience(Part):
    """Contacts of whom all, and any, of these are true, and none of those; nothing: everybody."""

    all: tuple[Condition, ...] = Field((), max_length=20)
    any: tuple[Condition, ...] = Field((), max_length=20)
    none: tuple[Condition, ...] = Field((), max_length=20)

    def conditions(self) -> Iterator[Condition]:
        yield from (*self.all, *self.any, *self.none)


def _of_known(text: str) -> str:
    unknown = sorted({found[1] for found in PLACEHOLDER.finditer(text)} - KNOWN)
    if unknown:
        raise ValueError(
            f"nobody knows {', '.join(unknown)}; there are {', '.join(sorted(KNOWN))}"
        )
    return text


Words = Annotated[str, AfterValidator(_of_known)]
Languages = Mapping[Annotated[str, Field(pattern=_LANGUAGE)], Words]
Labels = Mapping[
    Annotated[str, Field(pattern=_LANGUAGE)], Annotated[str, Field(min_length=1, max_length=20)]
]


class Button(Part):
    """Something that contacts may tap; it may begin a task."""

    id: str = Field(pattern=_ID)
    labels: Labels = Field(min_length=1)
    task: str = Field("", max_length=64)

    def label(self, languages: tuple[str, ...]) -> str:
        return _in(self.labels, languages)


class Link(Part):
    """A web address that opens on a tap."""

    url: str = Field(pattern=r"^https://\S+$", max_length=2000)
    labels: Labels = Field(min_length=1)

    def label(self, languages: tuple[str, ...]) -> str:
        return _in(self.labels, languages)


class Schedule(Part):
    """When it is sent: at once, at an instant, or at a time of the clock wherever contacts are."""

    at: AwareDatetime | None = None
    local: datetime | None = None
    """A day and a time without a zone: it is that of each contact's number."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.at is not None and self.local is not None:
            raise ValueError("either at, or local")
        if self.local is not None and self.local.tzinfo is not None:
            raise ValueError("a local time has no zone")
        return self

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """Return when somebody in that zone is written to, None where that is at once."""
        if self.local is not None:
            return self.local.replace(tzinfo=zone).astimezone(UTC)
        return None if self.at is None else self.at.astimezone(UTC)


class BroadcastSaid(Part, json_schema_extra=EXAMPLE):
    """A broadcast as it is written."""

    name: str = Field(min_length=1, max_length=120)
    kind: Literal["marketing", "utility"] = "marketing"
    """Utility: about something of the contact's own, and not to sell. Who did not agree to be
    written to gets no marketing."""
    audience: Audience = Audience()
    texts: Languages = Field(default_factory=dict)
    """By language, for whoever wrote within the service window."""
    template: str = Field("", max_length=64)
    """Purpose of the merchant's templates that say it to all others."""
    values: Mapping[str, Words] = Field(default_factory=dict, max_length=20)
    """What the template's variables are filled with, besides `name`, `merchant` and `text`."""
    picture: str = Field("", pattern=r"^(https?://\S+)?$", max_length=2000)
    buttons: tuple[Button, ...] = Field((), max_length=10)
    link: Link | None = None
    reply: str = Field("", max_length=64)
    """The task that an answer in words begins, where they mean nothing else."""
    schedule: Schedule = Schedule()
    urgent: bool = False
    """It does not wait for the morning: no marketing does that."""
    hours: int | None = Field(None, ge=1, le=24 * 14)
    """Who could not be written to for so long is not written to any more."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.texts and not self.template:
            raise ValueError("it needs texts, a template, or both")
        if any(not 0 < len(text) <= _LONGEST for text in self.texts.values()):
            raise ValueError(f"a text has 1 to {_LONGEST} letters")
        if self.urgent and self.kind == "marketing":
            raise ValueError("marketing is never urgent")
        if len({one.id for one in self.buttons}) < len(self.buttons):
            raise ValueError("two buttons have one id")
        if self.link is not None and self.buttons:
            raise ValueError("either buttons, or a link")
        return self

    @property
    def marketing(self) -> bool:
        return self.kind == "marketing"

    def check(self, facts: Mapping[str, Fact], tasks: frozenset[str]) -> None:
        """Raise where it asks for facts, or leads to tasks, that the merchant does not have."""
        for one in self.audience.conditions():
            if one.fact not in facts:
                raise FactRefusedError(f"{one.fact}: nobody knows it of contacts")
            facts[one.fact].check(one.fact, one.values)
        wanted = {self.reply, *(one.task for one in self.buttons)} - {""}
        if unknown := sorted(wanted - tasks):
            known = ", ".join(sorted(tasks)) or "none"
            raise ContentRefusedError(
                f"{', '.join(unknown)}: there is no such task; there are {known}"
            )

    def text(self, languages: tuple[str, ...]) -> str:
        """Return the text in the first of the languages that has one, else in any."""
        return _in(self.texts, languages)

    def said(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)

    def digest(self) -> str:
        """Return what tells what is said from anything else that is."""
        told = self.model_dump(
            mode="json", include={"texts", "template", "values", "picture", "buttons", "link"}
        )
        return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()


def spoken(language: str, merchant: MerchantProfile) -> tuple[str, ...]:
    """Return the languages in which somebody is told things, the best first."""
    return (language, *merchant.languages) if language else merchant.languages


def filled(text: str, known: Mapping[str, str]) -> str:
    """Fill what stands for itself; what is unknown leaves no gap behind."""
    said = PLACEHOLDER.sub(lambda one: known.get(one[1]) or one[2] or "", text)
    return re.sub(r" +([,.!?;:])", r"\1", re.sub(r"[^\S\n]{2,}", " ", said)).strip()


def _in(words: Mapping[str, str], languages: tuple[str, ...]) -> str:
    found = next((words[one] for one in languages if one in words), "")
    return found or next(iter(words.values()), "")
