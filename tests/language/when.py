"""How well times are read, by language, beside dateparser on the same phrases.

`python -m tests.language.when` prints what is read wrong in the half that the reader may be tuned
on. What is wrong in the other half nobody looks at.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import dateparser

from sokoni.language.readers import PhoneReader, TimeReader, read_all
from sokoni.language.reading import Moment, Scene, Window
from sokoni.language.words import words_of
from tests.language.counted import Counted
from tests.language.said import phrases, scene

LANGUAGES: Final = ("en", "sn", "nd", "ar", "hi", "sw", "mixed")
FILES: Final = ("when", "when_again")
VERSION: Final = dateparser.__version__
NOTHING: Final = "-"
_READER: Final = TimeReader()
_READERS: Final = {"phone": PhoneReader(), "when": _READER}
_SCENE: Final = scene()

Told = Callable[["Phrase"], bool]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What somebody types, alone or among other words, and when they mean."""

    file: str
    said: str
    language: str
    alone: bool
    meant: str
    held_out: bool


def corpus(*files: str) -> Iterator[Phrase]:
    """Yield every phrase; of each list every second one is held out."""
    for file in files or FILES:
        for language, lists in phrases(file).items():
            for name, listed in lists.items():
                for number, (said, meant) in enumerate(listed.items()):
                    held_out = number % 2 == 1
                    yield Phrase(file, said, language, name == "answers", meant, held_out)


def scores(told: Told, file: str, *, held_out: bool) -> Mapping[str, Counted]:
    """Return by language how many phrases of one half are read as they are meant."""
    half = [(one.language, told(one)) for one in corpus(file) if one.held_out is held_out]
    found = {
        language: Counted(
            sum(right for spoken, right in half if spoken == language),
            sum(spoken == language for spoken, _ in half),
        )
        for language in LANGUAGES
    }
    return {**found, "all": Counted(sum(right for _, right in half), len(half))}


def ours(phrase: Phrase) -> bool:
    return told(phrase) == phrase.meant


def told(phrase: Phrase) -> str:
    """Return what our reader makes of a phrase, in the words of the file."""
    return _worded(_moment(phrase))


def theirs(phrase: Phrase) -> bool:
    """Tell whether dateparser is right; where a window is meant, by any instant of its days."""
    found = parsed(phrase)
    if found is None or phrase.meant == NOTHING:
        return found is None and phrase.meant == NOTHING
    first, last = _days(phrase.meant)
    if first == last and "," not in phrase.meant:
        return f"{found:%Y-%m-%d %H:%M}" == phrase.meant
    return first <= f"{found:%Y-%m-%d}" <= last


def parsed(phrase: Phrase, asked: Scene = _SCENE) -> datetime | None:
    """Return what dateparser makes of the whole phrase."""
    language = "en" if phrase.language == "mixed" else phrase.language
    return dateparser.parse(
        phrase.said,
        languages=list(dict.fromkeys((language, "en", "sn", "nd"))),
        settings={
            "RELATIVE_BASE": asked.now.replace(tzinfo=None),
            "PREFER_DATES_FROM": "future",
            "DATE_ORDER": "DMY",
        },
    )


def read_beside() -> Counted:
    """Return how many answers that ours reads nothing of dateparser reads right, of all it reads.

    Only of the halves that are tuned on.
    """
    tuned = (phrase for phrase in corpus() if phrase.alone and not phrase.held_out)
    unread = [phrase for phrase in tuned if told(phrase) == NOTHING and parsed(phrase)]
    return Counted(sum(theirs(phrase) for phrase in unread), len(unread))


def microseconds(reading: Callable[[Phrase], object], rounds: int = 5) -> float:
    """Return what a phrase costs, the quickest of several rounds."""
    every = list(corpus())
    return min(_round(reading, every, number) for number in range(rounds)) / len(every) * 1e6


def _round(reading: Callable[[Phrase], object], every: Sequence[Phrase], number: int) -> float:
    """Return the seconds of one round; other spaces keep it from what others remembered."""
    fresh = [replace(phrase, said=phrase.said + " " * number) for phrase in every]
    started = time.thread_time()
    for phrase in fresh:
        reading(phrase)
    return time.thread_time() - started


def _moment(phrase: Phrase) -> object:
    """Read it as the slot's answer, or after the readers that look before it."""
    words = words_of(phrase.said)
    if phrase.alone:
        return _READER.read(words, _SCENE)
    return read_all(_READERS, words, _SCENE).values.get("when")


def _worded(value: object) -> str:
    if not isinstance(value, Moment):
        return NOTHING
    return _window(value.window) if value.window else f"{value.at:%Y-%m-%d %H:%M}"


def _window(window: Window) -> str:
    first, last, kind = window.start, window.end, window.kind
    if kind == "soon":
        return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, soon"
    whole = f"{first:%H:%M}" == "00:00"
    final = last - timedelta(days=1)
    if kind == "days":
        return f"{first:%Y-%m-%d}{'' if whole else f'{first: %H:%M}'} to {final:%Y-%m-%d}, days"
    if kind == "day" and whole:
        return f"{first:%Y-%m-%d}, day"
    end = f"{last:%H:%M}" if last.date() == first.date() else "24:00"
    return f"{first:%Y-%m-%d %H:%M} to {end}, {kind}"


def _days(meant: str) -> tuple[str, str]:
    """Return the first and the last day that is meant."""
    first, _, last = meant.partition(",")[0].partition(" to ")
    return first[:10], last[:10] if len(last) >= 10 else first[:10]


def _failures() -> Iterator[str]:
    for phrase in corpus():
        if not phrase.held_out and (found := told(phrase)) != phrase.meant:
            yield f"{phrase.language} {phrase.said}: {phrase.meant} | {found}\n"


if __name__ == "__main__":
    sys.stdout.writelines(_failures())
