"""What people quote, such as "LST-7K3M2Q5". Comes first, at 2: it is nothing else."""

import re
from typing import Final

from typing_extensions import override

from sokoni.kit.ids import checks_out
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_REFERENCE: Final = re.compile(r"\b([A-Z]{2,4})([- ]?)([0-9A-HJKMNP-TV-Z]{7})\b", re.IGNORECASE)


class ReferenceReader(Reader):
    """Reads a `str` in capitals, such as "LST-7K3M2Q5"; the check letter tells it from words."""

    order = 2

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        for match in _REFERENCE.finditer(words.text):
            prefix, hyphen, letters = match.group(1), match.group(2), match.group(3).upper()
            written = hyphen == "-" or any(letter.isdigit() for letter in letters)
            if written and checks_out(letters):
                start, end = _tokens(words, match)
                return Found(f"{prefix.upper()}-{letters}", start, end)
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return found.value if found is not None and isinstance(found.value, str) else None


def _tokens(words: Words, match: re.Match[str]) -> tuple[int, int]:
    """Return which tokens the match covers, whole or in part."""
    inside = [
        place
        for place, token in enumerate(words.tokens)
        if token.start < match.end() and match.start() < token.end
    ]
    return inside[0], inside[-1] + 1
