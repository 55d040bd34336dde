"""How well phrases are read, by language and reader, and how well short lines tell their language.

`python -m tests.capabilities.marketplace.scoring` prints what is wrong in the half that readers
may be tuned on. What is wrong in the other half nobody looks at.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from sokoni.capabilities.marketplace.manifest import MARKETPLACE
from sokoni.dialogue.starting import beyond, start_of
from sokoni.dialogue.triggers import folders, triggers_of
from sokoni.dialogue.values import loaded
from sokoni.dialogue.view import View
from sokoni.language.detect import detect
from sokoni.language.reading import KnownPlace, Price, Quantity
from sokoni.language.words import words_of
from sokoni.messaging.prompts import Start
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.test_messages import (
    SCENE,
    TASKS,
    bare,
    understanding,
)
from tests.language.counted import Counted
from tests.language.said import phrases

READERS: Final = ("quantity", "unit", "thing", "price", "basis", "place")
COLUMNS: Final = ("task", *READERS, "all")
LANGUAGES: Final = ("en", "sn", "nd", "mixed")
_FILE: Final = Path(__file__).with_name("phrases.yaml")
_NOTHING: Final = "-"
_VIEW: Final = View(scene=SCENE, now=NOON)


@dataclass(frozen=True, slots=True)
class Phrase:
    """What somebody types, and what they mean by it."""

    said: str
    language: str
    task: str
    meant: Mapping[str, str]
    held_out: bool


def corpus() -> Iterator[Phrase]:
    """Yield every phrase; of each list every second one is held out."""
    listed: Mapping[str, Mapping[str, Mapping[str, str]]]
    listed = yaml.load(_FILE.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - text only
    for language, tasks in listed.items():
        for task, said in tasks.items():
            for number, (phrase, meaning) in enumerate(said.items()):
                meant = dict(zip(READERS, meaning.split("; "), strict=True))
                yield Phrase(phrase, language, task, meant, held_out=number % 2 == 1)


def lines() -> Iterator[Phrase]:
    """Yield every short line, its language among what is meant."""
    for language, listed in phrases("short_lines").items():
        for number, line in enumerate(listed):
            yield Phrase(line, language, "", {"language": language}, held_out=number % 2 == 1)


def wrong(phrase: Phrase) -> Mapping[str, str]:
    """Return what was read otherwise than meant, by column."""
    read = _read(phrase)
    said = {"task": phrase.task, **phrase.meant}
    return {name: read[name] for name, meant in said.items() if not _same(read[name], meant)}


def mistaken(line: Phrase) -> Mapping[str, str]:
    """Return the language that a short line is taken for, where it is the wrong one."""
    found = detect(words_of(line.said), SCENE.languages) or "unsure"
    return {} if found == line.language else {"language": found}


def scores(*, held_out: bool) -> Mapping[str, Mapping[str, Counted]]:
    """Return by language and column how many phrases of one half are read as meant."""
    half = [(one.language, wrong(one)) for one in corpus() if one.held_out is held_out]
    return {
        language: _columns([faults for spoken, faults in half if spoken == language])
        for language in LANGUAGES
    }


def detected(*, held_out: bool) -> Mapping[str, Counted]:
    """Return by language how many short lines of one half are told right."""
    half = [(one.language, mistaken(one)) for one in lines() if one.held_out is held_out]
    return {
        language: Counted(
            sum(not faults for spoken, faults in half if spoken == language),
            sum(spoken == language for spoken, _ in half),
        )
        for language in dict(half)
    }


def _columns(faults: list[Mapping[str, str]]) -> Mapping[str, Counted]:
    right = {name: sum(name not in one for one in faults) for name in COLUMNS}
    right["all"] = sum(not one for one in faults)
    return {name: Counted(count, len(faults)) for name, count in right.items()}


def _read(phrase: Phrase) -> Mapping[str, str]:
    """Read it as a first message; where that means another task, ask the readers all the same."""
    words = words_of(phrase.said)
    command = understanding().understand(_VIEW, words).command
    understood = bare(command.task) if isinstance(command, Start) else type(command).__name__
    task = TASKS.find(f"marketplace.{phrase.task}")
    assert task is not None
    if not isinstance(command, Start) or understood != phrase.task:
        found = triggers_of(folders([MARKETPLACE])).find(words)
        command = start_of(task, beyond(words, found) if found else words, _VIEW)
    values = loaded(task.form, command.slots)
    return {"task": understood, **_told(values), **_several(command)}


def _several(command: Start) -> Mapping[str, str]:
    """Take one thing for several, and nothing of it is right."""
    return {"thing": "several"} if command.later else {}


def _told(values: Mapping[str, Any]) -> Mapping[str, str]:
    quantity, price, place = (values.get(name) for name in ("quantity", "price", "place"))
    return {
        "quantity": f"{quantity.amount:g}" if isinstance(quantity, Quantity) else _NOTHING,
        "unit": _unit(quantity) if isinstance(quantity, Quantity) else _NOTHING,
        "thing": values.get("thing", _NOTHING).casefold(),
        "price": f"{price.amount} {price.currency}" if isinstance(price, Price) else _NOTHING,
        "basis": _basis(price) if isinstance(price, Price) else _NOTHING,
        "place": place.name if isinstance(place, KnownPlace) else _NOTHING,
    }


def _unit(quantity: Quantity) -> str:
    if quantity.size is None:
        return quantity.unit or _NOTHING
    return f"{quantity.unit} of {quantity.size:g} {quantity.size_unit}".strip()


def _basis(price: Price) -> str:
    return f"per {price.unit}" if price.unit else price.basis or _NOTHING


def _same(read: str, meant: str) -> bool:
    if read.casefold() == meant.casefold():
        return True
    (amount, *money), (other, *unit) = read.split(), meant.split()
    return bool(money or unit or amount) and money == unit and _number(amount) == _number(other)


def _number(text: str) -> object:
    plain = text.replace(".", "", 1).isdecimal()
    return Decimal(text) if plain else text


def _failures(phrases: Iterable[tuple[Phrase, Mapping[str, str]]]) -> Iterator[str]:
    for phrase, faults in phrases:
        if faults and not phrase.held_out:
            yield f"{phrase.language} {phrase.said}: {msgspec.json.encode(faults).decode()}"


if __name__ == "__main__":
    both = [(one, wrong(one)) for one in corpus()], [(one, mistaken(one)) for one in lines()]
    for half in both:
        sys.stdout.writelines(f"{line}\n" for line in _failures(half))
