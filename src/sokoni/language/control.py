"""Words that steer the conversation, matched as whole messages in every language."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from sokoni.language.joining import stretches
from sokoni.language.lexicon import LANGUAGES, entries, entries_of, keyed, phrases_in, words_in
from sokoni.language.phrases import Phrases
from sokoni.language.words import Words, words_of

_LONGEST: Final = 9
_HIGHEST: Final = 99
_NAME: Final = "*"
"""Stands for a language's name in a phrase that asks for one."""


class Control(StrEnum):
    """What a control word asks for. `LANGUAGE` is a language's name; `HELLO` greets."""

    YES = "yes"
    NO = "no"
    EDIT = "edit"
    BACK = "back"
    SKIP = "skip"
    MORE = "more"
    CANCEL = "cancel"
    MENU = "menu"
    HELP = "help"
    RESTART = "restart"
    REPEAT = "repeat"
    STOP = "stop"
    START = "start"
    AGENT = "agent"
    BOT = "bot"
    LANGUAGE = "language"
    HELLO = "hello"


@dataclass(frozen=True, slots=True)
class ControlWord:
    """A control word, and the language it is a word of."""

    control: Control
    language: str
    """"" where several languages share the word, and so it tells nothing."""
    speaks: str = ""
    """The language that was named, with `Control.LANGUAGE`."""


def control_word(words: Words) -> ControlWord | None:
    """Return what the whole message asks for, politeness and punctuation aside.

    "Stop. Thank you" is a stop; "stop, Zé is not coming" is none.
    """
    if not words.tokens or len(words.tokens) > _LONGEST:
        return None
    controls = _controls()
    end = _polite_end(words, 0)
    return (
        controls.get(words.folded)
        or controls.get(_spoken(words, 0, end))
        or controls.get(_spoken(words, _polite_start(words, end), end))
        or _said_again(words)
    )


def _said_again(words: Words) -> ControlWord | None:
    """Return what every clause asks for, where it is the same: "actually forget it, cancel"."""
    start = 0
    while start < len(words.tokens) and words.tokens[start].folded in words_in("turning"):
        start += 1
    spans = stretches(words.part(start, len(words.tokens)))
    clauses = [words.part(start + first, start + last) for first, last in spans]
    rest = clauses if clauses or not start else [words.part(start, len(words.tokens))]
    asked = [_controls().get(one.folded) for one in rest]
    first_asked = asked[0] if asked else None
    same = all(one is not None and one == first_asked for one in asked)
    return first_asked if same else None


def menu_number(words: Words) -> int | None:
    """Return the number of the option that the whole message picks: "2", "2.", "option 2"."""
    if not words.tokens or len(words.tokens) > _LONGEST:
        return None
    start, end = _picked(words)
    folded = words.phrase(start, end)
    if folded.isdecimal() and len(folded) <= 2:
        return int(folded) if 0 < int(folded) <= _HIGHEST else None
    ordinal = _ordinals().whole(folded) or _spelled().whole(folded)
    return int(ordinal) if ordinal is not None else None


def is_ordinal(words: Words) -> bool:
    """Tell "the second one" from "2", of a message that `menu_number` reads."""
    start, end = _picked(words)
    return _ordinals().whole(words.phrase(start, end)) is not None


@cache
def _controls() -> dict[str, ControlWord]:
    """Return every control phrase, folded. The first language to list a phrase decides."""
    found: dict[str, ControlWord] = {}
    for language in LANGUAGES:
        for control in Control:
            for phrase in _listed(language, control):
                _add(found, phrase, control, language)
        for phrase in _speaking(language):
            word = ControlWord(Control.LANGUAGE, "", language)
            found.setdefault(words_of(phrase).folded, word)
    return found


def _speaking(language: str) -> Iterator[str]:
    """Yield what asks for a language: "Shona", and "khuluma isiShona" in any other one too."""
    phrases = entries_of(language, "speak")
    yield from phrases
    names = [phrase for phrase in phrases if " " not in phrase]
    for frame, _ in entries("speak_frames"):
        yield from (frame.replace(_NAME, name) for name in names)


def _listed(language: str, control: Control) -> tuple[str, ...]:
    path = (control,) if control in {Control.YES, Control.NO} else ("control", control)
    return entries_of(language, *path)


def _add(found: dict[str, ControlWord], phrase: str, control: Control, language: str) -> None:
    folded = words_of(phrase).folded
    known = found.get(folded)
    if known is None:
        found[folded] = ControlWord(control, language)
    elif known.control is control and known.language != language:
        found[folded] = ControlWord(control, "")


@cache
def _polite() -> Phrases[str]:
    return phrases_in("politeness")


@cache
def _ordinals() -> Phrases[str]:
    listed = keyed("menu_numbers")
    return Phrases((phrase, key) for phrase, key, _ in listed if key.isdecimal())


@cache
def _spelled() -> Phrases[str]:
    """Return the number words that pick an option, of languages that say by which lists."""
    listed = (
        (phrase, key)
        for language in LANGUAGES
        for section in entries_of(language, "menu_numbers", "by_word")
        for phrase, key, of in keyed(section)
        if of == language and 0 < int(key) <= _HIGHEST
    )
    return Phrases(listed)


@cache
def _around_numbers() -> tuple[Phrases[str], Phrases[str]]:
    return phrases_in("menu_numbers", "before"), phrases_in("menu_numbers", "after")


def _polite_end(words: Words, start: int) -> int:
    """Return where the message ends without signs and politeness."""
    end = len(words.tokens)
    while end > start + 1:
        polite = _polite().before(words, end)
        if polite and polite[1] > start:
            end = polite[1]
        elif not _speaks(words, end - 1):
            end -= 1
        else:
            break
    return end


def _polite_start(words: Words, end: int) -> int:
    """Return where the message starts without signs and politeness."""
    start = 0
    while start < end - 1:
        polite = _polite().at(words, start)
        if polite and polite[1] < end:
            start = polite[1]
        elif not _speaks(words, start):
            start += 1
        else:
            break
    return start


def _speaks(words: Words, place: int) -> bool:
    token = words.tokens[place]
    return token.is_word or token.is_number or token.folded in _signs()


@cache
def _signs() -> frozenset[str]:
    """Return the emoji that are control words by themselves."""
    return frozenset(folded for folded in _controls() if len(folded) == 1)


def _spoken(words: Words, start: int, end: int) -> str:
    """Return the words between the signs: "go, back!" is "go back"."""
    kept = [words.tokens[place].folded for place in range(start, end) if _speaks(words, place)]
    return " ".join(kept)


def _picked(words: Words) -> tuple[int, int]:
    """Return what is left between "option" and "please"."""
    before, after = _around_numbers()
    end = _polite_end(words, 0)
    start = _polite_start(words, end)
    while start < end - 1 and (found := before.at(words, start)) and found[1] < end:
        start = found[1]
    while end > start + 1 and (found_after := after.before(words, end)) and found_after[1] > start:
        end = found_after[1]
    return start, end
