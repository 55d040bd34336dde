"""Numbers that offices give people and businesses, such as India's. Read at 8, before phones."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.in_ import gstin, pan
from typing_extensions import override

from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_UDYAM: Final = re.compile(r"UDYAM([A-Z]{2})(\d{2})(\d{7})")
_PIN: Final = re.compile(r"[1-9]\d{5}")
_SIGNS: Final = frozenset("-/. ")
_MOST_TOKENS: Final = 9
_WHOLE_PHONE: Final = 9
"""So many digits without a space are a telephone number, and nothing goes on around them."""


def _udyam(said: str) -> str | None:
    parts = _UDYAM.fullmatch(said)
    return f"UDYAM-{parts[1]}-{parts[2]}-{parts[3]}" if parts else None


def _checked(module: object) -> Callable[[str], str | None]:
    """Return what reads a number by a module of python-stdnum, its check digit included."""
    validate: Callable[[str], str] = getattr(module, "validate")  # noqa: B009 -- it is untyped

    def read(said: str) -> str | None:
        try:
            return validate(said)
        except ValidationError:
            return None

    return read


def _pin(said: str) -> str | None:
    return said if _PIN.fullmatch(said) else None


_KINDS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "gstin": _checked(gstin),
    "pan": _checked(pan),
    "udyam": _udyam,
    "pincode": _pin,
}


class PaperReader(Reader):
    """Reads a `str` in capitals: a GSTIN, a PAN, an Udyam number or an Indian PIN code.

    It may be written with spaces or hyphens, in any letters and digits.
    """

    order = 8

    def __init__(self, kind: str) -> None:
        self._read = _KINDS[kind]

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for start in range(len(words.tokens)):
            for end in range(min(len(words.tokens), start + _MOST_TOKENS), start, -1):
                said = _joined(words, start, end)
                value = None if said is None else self._read(said)
                if value is not None and not _goes_on(words, start, end):
                    return Found(value, start, end)
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return None if found is None else str(found.value)


def _joined(words: Words, start: int, end: int) -> str | None:
    """Return free tokens as one word of capitals, None where other signs stand among them."""
    if not words.is_free(start, end):
        return None
    signs = [token.folded for token in words.tokens[start:end]]
    if signs[0] in _SIGNS or signs[-1] in _SIGNS:
        return None
    said = "".join(sign.translate(_DROPPED) for sign in signs if sign not in _SIGNS)
    return said.upper() if said.isalnum() else None


_DROPPED: Final = {ord(sign): None for sign in "-/."}


def _goes_on(words: Words, start: int, end: int) -> bool:
    """Tell whether digits stand around it: six of a telephone number are no PIN code."""
    before = start > 0 and _digits(words, start) and _runs_on(words, start - 1, start)
    after = end < len(words.tokens) and _digits(words, end - 1) and _runs_on(words, end, end)
    plus = start > 0 and words.tokens[start - 1].folded == "+"
    hyphen = (
        end + 1 < len(words.tokens)
        and words.tokens[end].folded == "-"
        and (_digits(words, end + 1))
    )
    return before or after or plus or hyphen


def _runs_on(words: Words, place: int, border: int) -> bool:
    """Tell whether digits beyond a border may be of the same number."""
    short = len(words.tokens[place].folded) < _WHOLE_PHONE
    return _digits(words, place) and short and not words.begins_line(border)


def _digits(words: Words, place: int) -> bool:
    return words.tokens[place].is_number
