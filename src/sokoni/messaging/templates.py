"""Approved templates: the only thing that may be said outside the service window."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels import outbound
from sokoni.db.engine import READING
from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.ids import MerchantId
from sokoni.kit.text import shortened, units
from sokoni.merchants.declared import Category, DeclaredButton, DeclaredHeader, HeaderKind
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.models import Template
from sokoni.messaging.prompts import Prompt

Wording: TypeAlias = Callable[[MerchantProfile, Prompt, str], Mapping[str, str]]
"""Words a prompt's parameters in a language."""

SENDABLE: Final = frozenset({"APPROVED", "REINSTATED"})
REFUSED: Final = "REFUSED"
"""Approval of a template of which the channel only told, when it was sent, that it may not be."""
_TRIED_AGAIN: Final = timedelta(hours=6)
_PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Meta refuses newlines, tabs and more than four spaces inside a variable (132018).
_BLANKS: Final = re.compile(r"\s+")
_LIST: Final = re.compile(r"^- ", re.MULTILINE)
_BREAKS: Final = re.compile(r"(?<=\w)\s*\n\s*(?=\w)")
_NOTHING: Final = "-"
LINK: Final = "link_url"
"""A variable that is no parameter: where the prompt's link leads."""
_HEADER_LENGTH: Final = 60
_BODY_LENGTH: Final = 1024
_PARTS_OF_ADDRESSES: Final = "/?&=#%+,;:@!$'()*~"


def is_sendable(approval: str, judged_at: datetime | None, now: datetime) -> bool:
    """Tell whether it may be sent; after a mere refusal it is tried again in the end."""
    if approval == REFUSED:
        return judged_at is not None and judged_at + _TRIED_AGAIN <= now
    return approval in SENDABLE


class TemplateBook:
    """The merchants' templates by channel, purpose and language, kept in memory."""

    def __init__(self, engine: AsyncEngine, wording: Wording, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._wording = wording
        self._clock = clock
        # As they were read: to make objects of hundreds, again and again, holds up everybody.
        self._rows: dict[tuple[MerchantId, str, str, str], Row[*tuple[Any, ...]]] = {}

    async def refresh(self) -> None:
        """Read all templates again."""
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READING: True})
            rows = (await connection.execute(select(Template.__table__))).all()
        now = self._clock()
        self._rows = {
            (row.merchant_id, row.channel, row.purpose, row.language): row
            for row in rows
            if is_sendable(row.approval, row.judged_at, now)
        }

    def filled(
        self,
        profile: MerchantProfile,
        channel: str,
        prompts: Sequence[Prompt],
        language: str,
        *,
        marketing: bool = True,
    ) -> outbound.Template | None:
        """Return the template for the last of these prompts that has one, its variables filled.

        Without `marketing` none of that kind is taken: the contact told the channel to send none.
        """
        for prompt in reversed(prompts):
            purpose = prompt.template or prompt.key
            for spoken in (language, *profile.languages):
                row = self._rows.get((profile.id, channel, purpose, spoken))
                if row is None or (row.category == Category.MARKETING and not marketing):
                    continue
                words = self._wording(profile, prompt, spoken)
                template = _Filling(row, prompt, words).template()
                if template is not None:
                    return template
        return None


@dataclass(frozen=True, slots=True)
class _Filling:
    """A row on its way to being sent, with what a prompt says in its place."""

    row: Row[*tuple[Any, ...]]
    prompt: Prompt
    words: Mapping[str, str]

    def template(self) -> outbound.Template | None:
        """Return it filled, None where the prompt does not bring the file that it needs."""
        row = self.row
        names = [name.strip() for name in row.variables.split(",") if name.strip()]
        values = _fitting(row.body, [self._word(name) for name in names])
        named = dict(zip(names, values, strict=True))
        declared = DeclaredHeader.model_validate(row.header) if row.header else None
        header = self._header(declared) if declared else None
        if declared and header is None and declared.kind is not HeaderKind.TEXT:
            return None
        head = _written(declared.text, header.text if header else "") if declared else ""
        body = _filled(row.body, {**named, **_numbered(values)})
        return outbound.Template(
            name=row.name,
            language=row.code,
            header=header,
            parameters=tuple(values),
            parameter_names=tuple(names) if _has_names(row.body) else (),
            buttons=tuple(
                self._button(DeclaredButton.model_validate(button)) for button in row.buttons
            ),
            rendered="\n\n".join(part for part in (head, body, row.footer) if part),
        )

    def _header(self, declared: DeclaredHeader) -> outbound.TemplateHeader | None:
        """Return what varies at the head; None where nothing does."""
        match declared.kind:
            case HeaderKind.TEXT:
                return self._line(declared) if declared.variable else None
            case HeaderKind.IMAGE:
                link = self._raw(declared.variable) or self.prompt.image_url or declared.link
                return outbound.TemplateHeader(image_url=link) if link else None
            case HeaderKind.DOCUMENT:
                link = self._raw(declared.variable) or declared.link
                name = declared.filename or link.rpartition("/")[2]
                return (
                    outbound.TemplateHeader(document_url=link, document_name=name)
                    if link
                    else None
                )

    def _line(self, declared: DeclaredHeader) -> outbound.TemplateHeader:
        room = _HEADER_LENGTH - units(_written(declared.text, ""))
        word = shortened(self._word(declared.variable), max(room, 1))
        return outbound.TemplateHeader(text=word, name=_name_in(declared.text))

    def _button(self, declared: DeclaredButton) -> outbound.TemplateButton:
        if not declared.url:
            return outbound.TemplateButton(title=declared.title, payload=declared.choice)
        suffix = quote(self._raw(declared.variable), safe=_PARTS_OF_ADDRESSES)
        return outbound.TemplateButton(
            title=declared.title,
            url_suffix=suffix or (_NOTHING if declared.variable else ""),
            url=_written(declared.url, suffix),
        )

    def _word(self, name: str) -> str:
        """Return a parameter as the contact reads it."""
        if name == LINK:
            return self.prompt.link_url or _NOTHING
        in_a_row = _BREAKS.sub(", ", _LIST.sub("", self.words.get(name, "")))
        return _BLANKS.sub(" ", in_a_row).strip() or _NOTHING

    def _raw(self, name: str) -> str:
        """Return a parameter as it is, for addresses: wording keeps its signs from styling."""
        value = self.prompt.params.get(name, "")
        return str(value).strip() if isinstance(value, str | int) else ""


def _fitting(body: str, values: Sequence[str]) -> list[str]:
    """Cut the longest values where the filled body would be too long for the channel."""
    fixed = units(_filled(body, {}))
    if not values or fixed + sum(units(value) for value in values) <= _BODY_LENGTH:
        return list(values)
    share = max((_BODY_LENGTH - fixed) // len(values), 1)
    return [shortened(value, share) for value in values]


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def _written(text: str, value: str) -> str:
    """Fill the only variable of a line or an address."""
    return _PLACEHOLDER.sub(lambda _: value, text)


def _numbered(values: Sequence[str]) -> dict[str, str]:
    return {str(place): value for place, value in enumerate(values, 1)}


def _has_names(text: str) -> bool:
    return bool(_name_in(text))


def _name_in(text: str) -> str:
    """Return the name of the text's first variable, "" where it is a number."""
    found = _PLACEHOLDER.search(text)
    return "" if found is None or found[1].isdecimal() else found[1]
