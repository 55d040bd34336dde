"""Slot values between Python, where flows use them, and JSON, where drafts keep them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, cast

import msgspec
from pydantic import ValidationError

from sokoni.dialogue.form import Form
from sokoni.language.formats import money_text
from sokoni.language.reading import (
    Doubt,
    DoubtingReader,
    KnownPlace,
    Price,
    Quantity,
    Reader,
    Scene,
)
from sokoni.language.words import Words
from sokoni.messaging.prompts import Unclear

LEFTOVER: Final = 100
"""Readers from this order on take whatever words nobody else wanted."""

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
    value = (words.text or None) if reader is None else reader.read(words, scene)
    return None if value is None else dumped(form, slot, value)


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
    for slot, reader in _readers(form, awaited):
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


def amended(form: type[Form], known: Json, said: Json) -> Json:
    """Return what was said anew, with what goes without saying: "6" of 5 bags are bags."""
    both = loaded(form, {slot: raw for slot, raw in known.items() if slot in said})
    if not any(isinstance(value, Quantity | Price) for value in both.values()):
        return said
    fresh = loaded(form, said)
    if any(
        isinstance(value, str) and both.get(slot, value) != value for slot, value in fresh.items()
    ):
        # It is about another thing now: nothing goes without saying.
        return said
    kept = {slot: _completed(both[slot], value) for slot, value in fresh.items() if slot in both}
    changed = {slot: dumped(form, slot, value) for slot, value in kept.items()}
    return {**said, **{slot: raw for slot, raw in changed.items() if raw is not None}}


def _completed(old: object, new: object) -> object:
    match old, new:
        case Quantity(), Quantity() if new.unit in {"", old.unit} and new.size is None:
            return replace(new, unit=old.unit, size=old.size, size_unit=old.size_unit)
        case Price(), Price() if not new.basis:
            return replace(new, basis=old.basis, unit=new.unit or old.unit)
        case _:
            return new


def takes_anything(form: type[Form], slot: str, words: Words, scene: Scene) -> bool:
    """Tell whether the words answer the slot only because any words would."""
    reader = form.reader(slot)
    if reader is None or reader.order >= LEFTOVER:
        return True
    return reader.find(words, scene) is None


def takes_all(form: type[Form], slot: str) -> bool:
    """Tell whether every word of an answer belongs to it, as in a description."""
    reader = form.reader(slot)
    return reader is None or reader.order > LEFTOVER


@cache
def _readers(form: type[Form], awaited: str) -> tuple[tuple[str, Reader], ...]:
    """Return the slots to look for, those first whose readers come first, then the awaited."""
    readers = [
        (slot, reader)
        for slot in form.slots()
        if (reader := form.reader(slot)) is not None and (form.slot(slot).early or slot == awaited)
    ]
    return tuple(sorted(readers, key=lambda pair: (pair[1].order, pair[0] != awaited)))
