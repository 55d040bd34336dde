"""Several things in one message: "10 goats at $20 and 3 bags of maize at $15, in Gokwe".

A form says which of its slots names a thing (`Slot.item`), and that slot's reader knows things
by name (`KnowingReader`). The message is cut at "and", commas and line breaks. A stretch is about
a thing of its own where it names one that we know, or says enough of one, and says it the way
the first does: "table and chairs $100" stays one thing, and so does a car with "new tyres". What
only names a thing is one more where the first was counted and no more: "2 tonnes maize, beans".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, cast

from sokoni.dialogue.form import Form
from sokoni.dialogue.values import Findings, Json, findings, loaded
from sokoni.language.joining import stretches, unglued, unpossessed
from sokoni.language.readers.numbers import number_at
from sokoni.language.reading import KnowingReader, Scene
from sokoni.language.words import Words, words_of

_MOST: Final = 20
"""Nobody is asked about more things than these in a row."""
_MOST_STRETCHES: Final = 80
_TELLING: Final = 2
"""Who says so much of a thing means it, though nobody knows it by its name."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a stretch of the message says."""

    start: int
    end: int
    said: Findings
    thing: str
    """What it names, the same whatever it is called; "" where nobody knows it."""
    about: bool
    """It names something, be it known or not."""
    own: frozenset[str]
    """Slots with a value that differ from thing to thing: how many, how much."""
    counts: bool
    """A figure comes first, and what it counts ends it: "2 tonnes maize"."""


def apart(form: type[Form], words: Words, scene: Scene) -> Sequence[Findings]:
    """Return what the words say of each thing that they name; mostly it is one."""
    words, spans = _cut(form, words)
    parts = _parts(form, words, scene, spans) if _may_name_several(form, words, spans) else ()
    return _shared(form, [part.said for part in parts]) or (findings(form, words, scene),)


def besides(
    form: type[Form], words: Words, scene: Scene, known: Json, asked: str
) -> tuple[Words, Sequence[Findings]]:
    """Part the answer to a question from other things that it names."""
    words, spans = _cut(form, words)
    if asked == form.item():
        parts = _parts(form, words, scene, spans)
        head = words.part(parts[0].start, parts[0].end) if parts else words
        return head, _shared(form, [part.said for part in parts])[1:]
    thing = thing_of(form, known)
    for (_, end), (start, stop) in pairwise(spans):
        if not _may_name(form, words.part(start, stop), counted=True):
            continue
        if _is_other(_part(form, words, scene, start, stop), thing):
            rest = words.part(start, len(words.tokens))
            others = _each_named(form, apart(form, rest, scene))
            return (words.part(0, end), others) if others else (words, ())
    return words, ()


def instead(form: type[Form], words: Words, scene: Scene, known: Json) -> Sequence[Findings]:
    """Return what is said of other things than the one that is known, where it is only of them."""
    thing = thing_of(form, known)
    if not thing:
        return ()
    words, spans = _cut(form, words)
    first = _part(form, words, scene, *(spans[0] if spans else (0, len(words.tokens))))
    if first.thing in {"", thing} or len(first.own) < _TELLING:
        return ()
    return _each_named(form, apart(form, words, scene))


def _each_named(form: type[Form], every: Sequence[Findings]) -> Sequence[Findings]:
    """Leave what would be about nothing: read as a whole, words may say less than in part."""
    return every if all(form.item() in one.values for one in every) else ()


def thing_of(form: type[Form], known: Json) -> str:
    """Return what a draft is about, the same in all languages; "" where nobody knows it."""
    slot, reader = form.item(), _naming(form)
    value = loaded(form, {slot: known[slot]}).get(slot) if slot in known else None
    return reader.named(value) if reader is not None and isinstance(value, str) else ""


# --- the things of a message --------------------------------------------------------------------


def _parts(
    form: type[Form], words: Words, scene: Scene, spans: Sequence[tuple[int, int]]
) -> Sequence[_Part]:
    """Return a part for each thing; none where the message is about one."""
    groups: list[list[_Part]] = [[]]
    seen: set[str] = set()
    for start, end in spans:
        part = _part(form, words, scene, start, end)
        if seen and _names(part) and (part.thing not in seen or len(part.own) >= _TELLING):
            groups.append([])
        groups[-1].append(part)
        if part.about:
            seen.add(part.thing)
    if len(groups) == 1:
        return ()
    parts = [_joined(form, words, scene, group) for group in groups[:_MOST]]
    return parts if _alike(parts) else ()


def _joined(form: type[Form], words: Words, scene: Scene, parts: Sequence[_Part]) -> _Part:
    """Read stretches that are about the same thing as one."""
    if len(parts) == 1:
        return parts[0]
    return _part(form, words, scene, parts[0].start, parts[-1].end)


def _alike(parts: Sequence[_Part]) -> bool:
    """Tell whether things are listed: nothing more is said of any, or the same of two at least."""
    first = parts[0]
    if not first.about or not (first.thing or first.own):
        return False
    told = [part for part in parts if part.own]
    if not told:
        return True
    if told == [first] and first.counts:
        return all(part.thing for part in parts)
    return len(told) > 1 and all(part.own & first.own for part in told)


def _names(part: _Part) -> bool:
    return part.about and (bool(part.thing) or len(part.own) >= _TELLING)


def _is_other(part: _Part, thing: str) -> bool:
    return _names(part) and bool(part.own) and part.thing != thing


def _may_name_several(form: type[Form], words: Words, spans: Sequence[tuple[int, int]]) -> bool:
    """Tell cheaply whether it is worth looking closer: mostly a message is about one thing."""
    things, counted = 0, False
    for start, end in spans:
        part = words.part(start, end)
        things += _may_name(form, part, counted=counted)
        counted = counted or any(token.is_number for token in part.tokens)
    return things > 1


def _may_name(form: type[Form], words: Words, *, counted: bool) -> bool:
    """Tell whether something known may be named or, beside what was `counted`, something else."""
    if counted and sum(token.is_number for token in words.tokens) >= _TELLING:
        return True
    reader = _naming(form)
    spoken = [token.folded for token in words.tokens if token.is_word]
    if reader is None or not spoken or not reader.may_know(words):
        return False
    return len(spoken) > 1 or bool(reader.named(spoken[0]))


def _cut(form: type[Form], words: Words) -> tuple[Words, Sequence[tuple[int, int]]]:
    reader = _naming(form)
    if reader is None:
        return words, ()
    words = unglued(words, reader.named)
    spans = stretches(words)
    if not 1 < len(spans) <= _MOST_STRETCHES:
        return words, ()
    return words, spans


def _part(form: type[Form], words: Words, scene: Scene, start: int, end: int) -> _Part:
    stretch = words.part(start, end)
    said = findings(form, stretch, scene)
    return _Part(
        start,
        end,
        said,
        thing_of(form, said.values),
        form.item() in said.values,
        _own_slots(form, said.values),
        _counts(form, stretch, said.values),
    )


def _counts(form: type[Form], words: Words, said: Json) -> bool:
    """Tell "2 tonnes maize" from "Honda Fit $3500", which is described by what follows."""
    thing = loaded(form, {slot: said[slot] for slot in (form.item(),) if slot in said})
    named = words_of(str(thing[form.item()])).tokens if thing else ()
    reader, last = _naming(form), words.tokens[-1].folded
    if not named or reader is None:
        return False
    if named[-1].folded not in {last, unpossessed(last, reader.named)}:
        return False
    return any(number_at(words, place) for place in range(len(words.tokens) - len(named)))


def _own_slots(form: type[Form], said: Json) -> frozenset[str]:
    """Return which of the slots differ from thing to thing: how many, how much."""
    return frozenset(slot for slot in said if slot != form.item() and not form.slot(slot).common)


def _shared(form: type[Form], every: Sequence[Findings]) -> Sequence[Findings]:
    """Have what was said once hold for all: "goats and sheep in Gokwe"."""
    for slot in form.slots():
        if not form.slot(slot).common:
            continue
        values = {bytes(one.values[slot]): one.values[slot] for one in every if slot in one.values}
        if len(values) == 1:
            (value,) = values.values()
            for one in every:
                one.values.setdefault(slot, value)
        doubts = [one.unclear.pop(slot) for one in every if slot in one.unclear]
        if doubts and not values:
            every[0].unclear[slot] = doubts[0]
    return every


@cache
def _naming(form: type[Form]) -> KnowingReader | None:
    reader = form.reader(form.item()) if form.item() else None
    known = reader is not None and issubclass(type(reader), KnowingReader)
    return cast("KnowingReader", reader) if known else None
