"""All that is kept of a contact as a paper to read, in their language."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sokoni.capabilities.rights.labels import KINDS, SILENT, label_of
from sokoni.dialogue.everything import ConversationKept, Exported
from sokoni.dialogue.making import Made, Making
from sokoni.dialogue.wording import RIGHT_TO_LEFT, Wording
from sokoni.kit.text import runs_from_right
from sokoni.media.kinds import PDF
from sokoni.media.paper import Paper, open_paper
from sokoni.merchants.profile import MerchantProfile

DATA: Final = "rights.data"
"""The kind of request, and of its answer."""
_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"


async def make_copy(making: Making, what: Mapping[str, str]) -> Made | None:  # noqa: ARG001
    """Write down all that is kept of whoever asks; nothing of anybody else."""
    kept = await making.everything.of(making.session, making.contact_id)
    said = Reader(making.wording, making.merchant, making.language, making.now)
    # Fonts take their time, and so does a long log.
    return Made(mime_type=PDF, content=await asyncio.to_thread(as_pdf, kept, said))


@dataclass(frozen=True, slots=True)
class Reader:
    """In which words a paper is written, and for when."""

    wording: Wording
    merchant: MerchantProfile
    language: str
    now: datetime

    def say(self, name: str) -> str:
        return self.wording.text(f"rights.paper.{name}", {}, self.language)


def as_pdf(kept: Exported, reader: Reader) -> bytes:
    """Write down what is kept of a contact."""
    rightwards = reader.language not in RIGHT_TO_LEFT
    paper = open_paper(reader.say("title"), reader.now, rightwards=rightwards)
    Page(paper, reader, kept).write()
    return paper.bytes()


class Page:
    """What is kept of one contact, on a paper."""

    def __init__(self, paper: Paper, reader: Reader, kept: Exported) -> None:
        self._paper, self._reader, self._kept = paper, reader, kept
        self._merchant, self._zone = reader.merchant.name, reader.merchant.zone
        self._language, self._now, self._say = reader.language, reader.now, reader.say

    def write(self) -> None:
        title = self._say("title")
        self._paper.heading(self._merchant)
        self._paper.line(title, bold=True)
        self._paper.line(self._apart(self._when(self._now)), grey=True)
        self._person()
        self._things("consents", [one.model_dump() for one in self._kept.consents])
        for name in ("numbers", "files", "deals", "reviews", "reports"):
            self._things(name, [one.model_dump() for one in getattr(self._kept, name)])
        for theirs in (self._kept.capabilities[name] for name in sorted(self._kept.capabilities)):
            self._capability(theirs)
        for talk in self._kept.conversations:
            self._talk(talk)

    def _person(self) -> None:
        kept = self._kept
        self._section("person")
        addresses = [one.value for one in kept.addresses]
        facts = [kept.name, *addresses, kept.phone_given, kept.language]
        for line in [*facts, self._when(kept.since)]:
            if line:
                self._paper.line(self._apart(line))
        if kept.tags:
            self._section("tags")
            self._paper.line(", ".join(kept.tags))

    def _things(self, kind: str, rows: Sequence[Mapping[str, Any]], title: str = "") -> None:
        if not rows:
            return
        self._section(title or kind)
        for row in rows:
            self._paper.line(self._told(kind, row))

    def _capability(self, kept: Mapping[str, Any]) -> None:
        for kind, theirs in kept.items():
            rows = list(theirs) if isinstance(theirs, list | tuple) else [theirs]
            told = [one if isinstance(one, Mapping) else {"value": one} for one in rows if one]
            self._things(kind, told, f"kind.{kind}" if kind in KINDS else "more")

    def _told(self, kind: str, row: Mapping[str, Any]) -> str:
        """Return what a row says, field by field, without what is empty or says nothing."""
        return "; ".join(
            f"{self._named(kind, field)}: {self._apart(self._value(value))}"
            for field, value in row.items()
            if _says(value) and field not in SILENT
        )

    def _named(self, kind: str, field: str) -> str:
        label = label_of(kind, field)
        return self._say(f"field.{label}") if label else _plain(field)

    def _value(self, value: object) -> str:
        match value:
            case bool():
                return self._say("yes" if value else "no")
            case datetime():
                return self._when(value)
            case Decimal():
                return f"{value.normalize():f}"
            case Mapping():
                return ", ".join(f"{_plain(str(name))}: {one}" for name, one in value.items())
            case _:
                return str(value)

    def _apart(self, said: str) -> str:
        """Have a date, a number or a Latin word run its own way in a line that runs the other."""
        if self._language not in RIGHT_TO_LEFT or runs_from_right(said):
            return said
        return f"{_LEFT_TO_RIGHT}{said}{_END}"

    def _talk(self, talk: ConversationKept) -> None:
        self._section("messages")
        self._paper.line(talk.channel, grey=True)
        for one in talk.messages:
            said = one.look.text or one.look.kind
            self._paper.line(f"{self._apart(self._when(one.at))} {one.by}: {said}")

    def _section(self, name: str) -> None:
        self._paper.space()
        self._paper.line(self._say(name), bold=True)

    def _when(self, at: datetime) -> str:
        # With its year, and the same in every language.
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _says(value: object) -> bool:
    return value not in (None, "", [], {}, ())
