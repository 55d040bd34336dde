"""Words keys and parameters in a language, and makes contacts' own values safe to show."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from sokoni.language.catalogues import Catalogues
from sokoni.language.formats import (
    date_text,
    day_text,
    moment_text,
    money_text,
    number_text,
    time_text,
)
from sokoni.messaging.prompts import Amount, Day, Instant, Lines, Number, Param, Params, Worded

COUNT: Final = "count"
"""The parameter that chooses the plural form."""

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})

_ISOLATE: Final = "\u2068"
_END: Final = "\u2069"
_NOTHING: Final = "\u200b"
# A marker between two letters, as in `john_doe`, styles nothing.
_MARKUP: Final = re.compile(r"`|(?<!\w)[*_~]|[*_~](?!\w)|^(?:[>*-]|\d+\.)(?=\s)", re.MULTILINE)


_OURS: Final = "\ue000"
_THEIRS: Final = "\ue001"
"""Mark where our own wording begins inside another, and where a contact's words do.

Ours takes a capital at the beginning of a sentence, where its script has any; "iPhone" stays.
"""
_BEGINS: Final = re.compile(rf"(?:^|(?<=[.!?]\s)|(?<=\n)|(?<=^- )|(?<=\n- )){_OURS}+(.)")


@lru_cache(maxsize=4096)
def safe(value: str) -> str:
    """Keep WhatsApp from styling a value: there is no escape, so markers are parted from it."""
    return _MARKUP.sub(_parted, value)


def _parted(match: re.Match[str]) -> str:
    return f"{_NOTHING}{match.group()}{_NOTHING}"


class Wording:
    """The catalogues as prompts use them, for one merchant's time zone and country."""

    def __init__(self, catalogues: Catalogues, zone: ZoneInfo, country: str = "") -> None:
        self._catalogues = catalogues
        self._zone = zone
        self._country = country

    def has(self, key: str) -> bool:
        return self._catalogues.has(key)

    def text(self, key: str, params: Params, language: str) -> str:
        """Word a prompt; every sentence that a parameter begins has a capital."""
        if not params:
            return self._catalogues.text(language, key)
        return _begun(self._marked(key, params, language))

    def params(self, params: Params, language: str) -> dict[str, str]:
        """Word parameters alone, for templates whose text the channel keeps."""
        worded = ((name, self._param(value, language)) for name, value in params.items())
        return {name: _unmarked(text) for name, text in worded}

    def _marked(self, key: str, params: Params, language: str) -> str:
        worded = {name: self._param(value, language) for name, value in params.items()}
        return self._catalogues.text(language, key, worded, _count(params.get(COUNT)))

    def phrase(self, value: str | Worded, language: str) -> str:
        """Word a label or a description."""
        if isinstance(value, Worded):
            return _begun(self._param(value, language))
        return safe(value)

    def _param(self, value: Param, language: str) -> str:
        if isinstance(value, str):
            return _THEIRS + _isolated(safe(value), language)
        if isinstance(value, Worded):
            worded = self._marked(value.key, value.params, language)
            return worded if worded.startswith(_THEIRS) else _OURS + worded
        if isinstance(value, Lines):
            return "\n".join([f"- {self._param(item, language)}" for item in value.items])
        return self._figure(value, language)

    def _figure(self, value: int | Amount | Number | Instant | Day, language: str) -> str:
        # Class patterns cost several times as much, and a list of offers has dozens of figures.
        if isinstance(value, Amount):
            money = money_text(value.amount, value.currency, language, self._country)
            return _isolated(money, language)
        if isinstance(value, Number):
            return number_text(value.value, language)
        if isinstance(value, Instant):
            return self._moment(datetime.fromisoformat(value.at), value.style, language)
        if isinstance(value, Day):
            return date_text(value.value, language)
        return number_text(value, language)

    def _moment(self, at: datetime, style: str, language: str) -> str:
        local = at.astimezone(self._zone)
        if style == "time":
            return time_text(local)
        return day_text(local, language) if style == "day" else moment_text(local, language)


def _begun(marked: str) -> str:
    """Return the text with a capital wherever our own wording begins a sentence."""
    if _OURS in marked:
        marked = _BEGINS.sub(_capital, marked)
    return _unmarked(marked)


def _unmarked(marked: str) -> str:
    # Several times as fast as `translate`, and most messages have a dozen of them.
    return marked.replace(_OURS, "").replace(_THEIRS, "")


def _capital(match: re.Match[str]) -> str:
    return match[1].upper()


def _count(value: Param | None) -> int | None:
    match value:
        case int():
            return value
        case Number(number) if number == number.to_integral_value():
            return int(number)
        case Number():
            # A part of a thing is said like several in the languages we have.
            return 2
        case _:
            return None


def _isolated(value: str, language: str) -> str:
    return f"{_ISOLATE}{value}{_END}" if value and language in RIGHT_TO_LEFT else value
