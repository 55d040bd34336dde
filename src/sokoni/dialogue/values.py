"""Slot values between Python, where flows use them, and JSON, where drafts keep them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, cast

import msgspec
from pydantic import ValidationError

from sokoni.dialogue.form import Form
from sokoni.language.formats import money_text
from sokoni.language.lexicon import idle_words, words_in
from sokoni.language.readers.name import NameReader
from sokoni.language.readers.place import PlaceReader
from sokoni.language.readers.street import StreetReader
from sokoni.language.readers.text import TextReader
from sokoni.language.readers.time import TimeReader
from sokoni.language.reading import (
    Doubt,
    DoubtingReader,
    KnownPlace,
    Price,
    Reader,
    Scene,
)
from sokoni.language.words import Words, words_of
from sokoni.messaging.prompts import Unclear

_UNMISTAKABLE: Final = (TimeReader, PlaceReader, StreetReader)
"""What these find is no text, where it is all that was said."""

Json = Mapping[str, msgspec.Raw]


def dumped(form: type[Form], slot: str, value: object) -> msgspec.Raw | None:
    """Return a value as JSON, or None where the slot does not allow it."""
    adapter = form.adapter(slot)
    try:
        return msgspec.Raw(adapter.dump_json(adapter.validate_python(value)))
    except ValidationError:
        return None


def loaded(form: type[Form], values: Json) -> dict[str, Any]:
    """Return those of the JSON values that the form knows and allows."""
    known: dict[str, Any] = {}
    for slot, raw in values.items():
        if not form.has(slot):
            continue
        try:
            known[slot] = _loaded(form, slot, bytes(raw))
        except ValidationError:
            continue
    return known


@lru_cache(maxsize=8192)
def _loaded(form: type[Form], slot: str, raw: bytes) -> Any:  # noqa: ANN401 - any slot's own type
    """Read a value once: every turn of a task reads all that is known of it."""
    return form.adapter(slot).validate_json(raw)


def answer(form: type[Form], slot: str, words: Words, scene: Scene) -> msgspec.Raw | None:
    """Return the slot's value where the whole message is it."""
    reader = form.reader(slot)
    if isinstance(reader, TextReader) and _tells_another(form, slot, words, scene):
        return None
    value = (words.text or None) if reader is None else reader.read(words, scene)
    return None if value is None else dumped(form, slot, value)


def _tells_another(form: type[Form], slot: str, words: Words, scene: Scene) -> bool:
    """Tell whether the words are wholly a time or a place that another slot wants, and no text."""
    for other, reader in readers(form, ""):
        found = reader.find(words, scene) if isinstance(reader, _UNMISTAKABLE) else None
        if other != slot and found is not None:
            words = found.taken_from(words)
    if all(words.free):
        return False
    left = (token for token, free in zip(words.tokens, words.free, strict=True) if free)
    return all(
        not token.is_number and token.folded in _leading_words()
        for token in left
        if token.is_word or token.is_number
    )


def beyond_name(form: type[Form], slot: str, raw: msgspec.Raw, words: Words) -> Words:
    """Take the words out that are the name just given: a Mr Tailor tells nothing of a trade."""
    if not isinstance(form.reader(slot), NameReader):
        return words
    name = [token.folded for token in words_of(str(msgspec.json.decode(raw))).tokens]
    said = [token.folded for token in words.tokens]
    places = (at for at in range(len(said)) if said[at : at + len(name)] == name)
    start = next(places, None)
    return words if start is None else words.without(start, start + len(name))


@cache
def _leading_words() -> frozenset[str]:
    """Return the words that fill a sentence, or lead to a time or a place in it."""
    return idle_words() | words_in("time", "joins") | words_in("time", "this")


@dataclass(frozen=True, slots=True)
class Findings:
    """What words say of a form's slots."""

    values: dict[str, msgspec.Raw] = field(default_factory=dict)
    unclear: dict[str, Unclear] = field(default_factory=dict)


def found_in(
    form: type[Form], words: Words, scene: Scene, awaited: str = ""
) -> dict[str, msgspec.Raw]:
    """Return every value that stands anywhere in the words; no word counts twice."""
    return findings(form, words, scene, awaited).values


def findings(form: type[Form], words: Words, scene: Scene, awaited: str = "") -> Findings:
    """Return the values that stand anywhere in the words, and what was said without being one."""
    return findings_and_rest(form, words, scene, awaited)[0]


def findings_and_rest(
    form: type[Form], words: Words, scene: Scene, awaited: str = ""
) -> tuple[Findings, Words]:
    """Return the findings, and the words without those that they were read from."""
    said = Findings()
    for slot, reader in readers(form, awaited):
        doubting = _doubting(reader)
        found = reader.find(words, scene) if doubting is None else doubting.look(words, scene)
        if found is None:
            continue
        if isinstance(found, Doubt):
            said.unclear[slot] = _unclear(form, slot, found)
            words = words.without(found.start, found.end)
        elif (value := dumped(form, slot, found.value)) is not None:
            said.values[slot] = value
            words = found.taken_from(words)
    return said, words


def unclear_answer(form: type[Form], slot: str, words: Words, scene: Scene) -> Unclear | None:
    """Return what an answer to the slot's question says without being a value."""
    reader = form.reader(slot)
    doubting = None if reader is None else _doubting(reader)
    doubt = None if doubting is None else doubting.doubt(words, scene)
    return None if doubt is None else _unclear(form, slot, doubt)


def _doubting(reader: Reader) -> DoubtingReader | None:
    return cast("DoubtingReader", reader) if _doubts(type(reader)) else None


@cache
def _doubts(kind: type) -> bool:
    return issubclass(kind, DoubtingReader)


def _unclear(form: type[Form], slot: str, doubt: Doubt) -> Unclear:
    raws = (dumped(form, slot, value) for value in doubt.candidates)
    return Unclear(doubt.said, tuple(raw for raw in raws if raw is not None))


def label_of(value: object, language: str) -> str:
    """Return a value as a choice shows it."""
    match value:
        case KnownPlace():
            return value.name if value.name == value.town else f"{value.name}, {value.town}"
        case Price():
            return money_text(Decimal(value.amount), value.currency, language)
        case _:
            return str(value)


def takes_anything(form: type[Form], slot: str, words: Words, scene: Scene) -> bool:
    """Tell whether the words answer the slot only because any words would."""
    reader = form.reader(slot)
    return reader is None or form.any_words_do(slot) or reader.find(words, scene) is None


def takes_all(form: type[Form], slot: str) -> bool:
    """Tell whether every word of an answer belongs to it, as in a description."""
    reader = form.reader(slot)
    return reader is None or isinstance(reader, TextReader)


@cache
def readers(form: type[Form], awaited: str) -> tuple[tuple[str, Reader], ...]:
    """Return the slots to look for, those first whose readers come first, then the awaited."""
    readers = [
        (slot, reader)
        for slot in form.slots()
        if (reader := form.reader(slot)) is not None and (form.slot(slot).early or slot == awaited)
    ]
    return tuple(sorted(readers, key=lambda pair: (pair[1].order, pair[0] != awaited)))
