"""All that is kept of a contact as a paper to read, in their language."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sokoni.dialogue.everything import ConversationKept, Exported
from sokoni.dialogue.making import Made, Making
from sokoni.dialogue.wording import RIGHT_TO_LEFT
from sokoni.media.kinds import PDF
from sokoni.media.paper import open_paper

DATA: Final = "rights.data"
"""The kind of request, and of its answer."""


async def make_copy(making: Making, what: Mapping[str, str]) -> Made | None:  # noqa: ARG001
    """Write down all that is kept of whoever asks; nothing of anybody else."""
    kept = await making.everything.of(making.session, making.contact_id)
    page = _Page(making, kept)
    # Fonts take their time, and so does a long log.
    return Made(mime_type=PDF, content=await asyncio.to_thread(page.written))


class _Page:
    """One contact's paper."""

    def __init__(self, making: Making, kept: Exported) -> None:
        self._merchant, self._zone = making.merchant.name, making.merchant.zone
        self._wording, self._language = making.wording, making.language
        self._now, self._kept = making.now, kept

    def written(self) -> bytes:
        title = self._say("title")
        rightwards = self._language not in RIGHT_TO_LEFT
        self._paper = open_paper(title, self._now, rightwards=rightwards)
        self._paper.heading(self._merchant)
        self._paper.line(title, bold=True)
        self._paper.line(self._when(self._now), grey=True)
        self._person()
        self._things("consents", [one.model_dump(mode="json") for one in self._kept.consents])
        for name in ("files", "deals", "reviews", "reports"):
            rows = [one.model_dump(mode="json") for one in getattr(self._kept, name)]
            self._things(name, rows)
        for name, theirs in sorted(self._kept.capabilities.items()):
            self._capability(name, theirs)
        for talk in self._kept.conversations:
            self._talk(talk)
        return self._paper.bytes()

    def _person(self) -> None:
        kept = self._kept
        self._section("person")
        addresses = [f"{one.kind}: {one.value}" for one in kept.addresses]
        facts = [kept.name, *addresses, kept.phone_given, kept.language]
        for line in [*facts, self._when(kept.since)]:
            if line:
                self._paper.line(line)

    def _things(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        self._section(name)
        for row in rows:
            self._paper.line(_told(row))

    def _capability(self, name: str, kept: Mapping[str, Any]) -> None:
        rows = {what: rows for what, rows in kept.items() if rows}
        if not rows:
            return
        self._section("more")
        for what, theirs in rows.items():
            self._paper.line(f"{name}: {what}".replace("_", " "), grey=True)
            for row in theirs if isinstance(theirs, list | tuple) else [theirs]:
                self._paper.line(_told(row) if isinstance(row, Mapping) else str(row))

    def _talk(self, talk: ConversationKept) -> None:
        self._section("messages")
        self._paper.line(talk.channel, grey=True)
        for one in talk.messages:
            said = one.look.text or one.look.kind
            self._paper.line(f"{self._when(one.at)} {one.by}: {said}")

    def _section(self, name: str) -> None:
        self._paper.space()
        self._paper.line(self._say(name), bold=True)

    def _when(self, at: datetime) -> str:
        # With its year, and the same in every language.
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _say(self, name: str) -> str:
        return self._wording.text(f"rights.paper.{name}", {}, self._language)


def _told(row: Mapping[str, Any]) -> str:
    """Return a row as it is kept, name by name, without what is empty."""
    told = (f"{name.replace('_', ' ')}: {value}" for name, value in row.items() if _says(value))
    return "; ".join(told)


def _says(value: object) -> bool:
    return value not in (None, "", [], {}, ())
