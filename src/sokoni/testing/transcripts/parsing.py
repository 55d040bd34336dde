"""Reads `*.chat` files: the whole grammar of design §7, each mistake with its file and line."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from sokoni.testing.transcripts.matching import Kind, Offers, Pattern
from sokoni.testing.transcripts.steps import (
    Contact,
    Expect,
    File,
    Fresh,
    Location,
    Never,
    Part,
    Say,
    SayBesides,
    Script,
    SetNow,
    Spot,
    Step,
    Switch,
    Tap,
    TranscriptError,
    UseMerchant,
    Wait,
    Words,
)

_DIRECTIVE: Final = re.compile(r"(merchant|now|with)\s*:\s*(.*)")
_WAIT: Final = re.compile(r"wait\s+(\S.*)")
_TIMES: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*")
_SECONDS: Final = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_TEN_YEARS: Final = 3653 * 86_400
_HOW_LONG: Final = "how long? Write `wait 24h`, `wait 90m` or `wait 1d 2h`"
_BRACKETS: Final = re.compile(r"(?:\[[^\[\]]*\]\s*)+")
_BRACKET: Final = re.compile(r"\[([^\[\]]*)\]")
_PLACE: Final = re.compile(r"\(location\b")
_LOCATION: Final = re.compile(r"\(location\s+([^,()]*),([^,()]*)\)")
_CONTACT: Final = re.compile(r"\(contact\s+(\+?[0-9]+)\)")
_FILE: Final = re.compile(r"\((image|video|audio|document|sticker)\s+([^()]+)\)")


def read_script(path: Path) -> Script:
    """Read a file. Raises `TranscriptError`, also for one that is no UTF-8 text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TranscriptError(Spot(str(path), 0), f"cannot be read: {error}") from error
    return parse_script(text, str(path))


def parse_script(text: str, file: str = "transcript") -> Script:
    """Return the steps of a transcript."""
    parser = _Parser(file)
    for number, line in enumerate(text.split("\n"), start=1):
        parser.take(line.strip(), Spot(file, number))
    return Script(file, tuple(parser.steps))


class _Parser:
    """Goes through the lines once and knows what came before each."""

    def __init__(self, file: str) -> None:
        self.steps: list[Step] = []
        self._file = file
        self._strict = False
        self._merchant = False
        self._speaker = False
        self._by_sign: Mapping[str, Callable[[str, Spot], Step]] = {
            "@": self._switch,
            ">": self._say,
            "<": self._expect,
            "!": self._never,
            "&": self._also,
        }

    def take(self, line: str, spot: Spot) -> None:
        if not line or line.startswith("#"):
            return
        if line == "strict":
            self._strict = True
        elif line[0] in self._by_sign:
            self._add(self._by_sign[line[0]](line[1:], spot))
        else:
            self._add(self._directive(line, spot))

    def _add(self, step: Step) -> None:
        """Append the step; one that adds to the last step comes back in its place."""
        if self.steps and self.steps[-1].spot == step.spot:
            self.steps[-1] = step
        else:
            self.steps.append(step)

    def _directive(self, line: str, spot: Spot) -> Step:
        if line == "fresh":
            return Fresh(spot)
        if waiting := _WAIT.fullmatch(line):
            self._check_merchant(spot)
            return Wait(spot, _duration(waiting[1], spot))
        named = _DIRECTIVE.fullmatch(line)
        if named is None:
            raise TranscriptError(spot, f"not understood: {line}")
        if named[1] == "now":
            return SetNow(spot, _local_time(named[2], spot))
        if named[1] == "with":
            return SayBesides(spot, _besides(named[2], spot))
        return self._use_merchant(named[2], spot)

    def _use_merchant(self, merchant: str, spot: Spot) -> Step:
        if not merchant:
            raise TranscriptError(spot, "which merchant? Write `merchant: ID`")
        self._merchant, self._speaker = True, False
        return UseMerchant(spot, merchant)

    def _switch(self, rest: str, spot: Spot) -> Step:
        self._check_merchant(spot)
        who = rest.strip()
        if not who or any(letter.isspace() for letter in who):
            raise TranscriptError(spot, "who speaks? Write `@+263771000001`")
        self._speaker = True
        return Switch(spot, who)

    def _say(self, rest: str, spot: Spot) -> Step:
        self._check_started(spot)
        if not rest.startswith("+"):
            return Say(spot, (_part(rest.strip(), spot),))
        last = self.steps[-1]
        if not isinstance(last, Say):
            raise TranscriptError(spot, "`>+` continues a `>` directly above it")
        return replace(last, parts=(*last.parts, _part(rest[1:].strip(), spot)))

    def _expect(self, rest: str, spot: Spot) -> Step:
        self._check_started(spot)
        return Expect(spot, _pattern(rest, spot), strict=self._strict)

    def _never(self, rest: str, spot: Spot) -> Step:
        self._check_started(spot)
        if not rest.startswith(("~", "?")):
            raise TranscriptError(spot, "write `!~ text` or `!? regex`")
        return Never(spot, _pattern(rest, spot))

    def _also(self, rest: str, spot: Spot) -> Step:
        last = self.steps[-1] if self.steps else None
        if not isinstance(last, Expect):
            raise TranscriptError(spot, "an `&` line belongs directly below a `<` line")
        if rest.startswith(("~", "?")):
            return replace(last, also=(*last.also, _pattern(rest, spot)))
        return replace(last, also=(*last.also, _offers(rest.strip(), spot)))

    def _check_merchant(self, spot: Spot) -> None:
        if not self._merchant:
            raise TranscriptError(spot, "no `merchant:` yet")

    def _check_started(self, spot: Spot) -> None:
        self._check_merchant(spot)
        if not self._speaker:
            raise TranscriptError(spot, "nobody speaks yet: write `@+263771000001` first")


def _pattern(rest: str, spot: Spot) -> Pattern:
    kind = Kind(rest[:1]) if rest[:1] in ("~", "?") else Kind.WHOLE
    pattern = Pattern(kind, rest.removeprefix(kind.value).strip())
    if problem := pattern.problem():
        raise TranscriptError(spot, problem)
    return pattern


def _offers(rest: str, spot: Spot) -> Offers:
    labels = tuple(label.strip() for label in _BRACKET.findall(rest))
    if not _BRACKETS.fullmatch(rest) or not all(labels):
        raise TranscriptError(spot, "write `&~ text`, `&? regex` or `&[Label] [Label]`")
    return Offers(labels)


def _part(text: str, spot: Spot) -> Part:
    if not text:
        raise TranscriptError(spot, "nothing is said")
    if _PLACE.match(text):
        return _location(text, spot)
    if shared := _CONTACT.fullmatch(text):
        return Contact(shared[1])
    if named := _FILE.fullmatch(text):
        return File(named[1], named[2].strip())
    tapped = _BRACKET.fullmatch(text)
    return Tap(tapped[1].strip()) if tapped and tapped[1].strip() else Words(text)


def _location(text: str, spot: Spot) -> Location:
    found = _LOCATION.fullmatch(text)
    try:
        latitude, longitude = (float(number) for number in found.groups()) if found else (91, 0)
    except ValueError:
        latitude, longitude = 91, 0
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise TranscriptError(spot, "write `(location -17.82, 31.05)`")
    return Location(latitude, longitude)


def _besides(text: str, spot: Spot) -> Mapping[str, Any]:
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        said = None
    if not isinstance(said, dict):
        raise TranscriptError(spot, "write `with: {payments: [{gateway: sandbox}]}`")
    return said


def _duration(text: str, spot: Spot) -> timedelta:
    seconds = sum(float(amount) * _SECONDS[unit] for amount, unit in _times(text, spot))
    if not 0 < seconds <= _TEN_YEARS:
        raise TranscriptError(spot, _HOW_LONG)
    return timedelta(seconds=seconds)


def _times(text: str, spot: Spot) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        found = _TIMES.match(text, place)
        if found is None:
            raise TranscriptError(spot, _HOW_LONG)
        yield found[1], found[2]
        place = found.end()


def _local_time(text: str, spot: Spot) -> datetime:
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - in the merchant's own zone
        except ValueError:
            continue
    raise TranscriptError(spot, "which time? Write `now: 2026-03-02 09:00`")
