"""Reads the references that people quote: "withdraw LST-7K3M2Q5"."""

import re
from typing import Final

from sokoni.language.reading import Found, Scene
from sokoni.language.words import Words

_REFERENCE: Final = re.compile(r"\b([A-Za-z]{2,4})[- ]?([0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{7})\b")


class ReferenceReader:
    """Reads a `str` in capitals, such as "LST-7K3M2Q5". At least one digit tells it from words."""

    order = 2

    def find(self, words: Words, scene: Scene) -> Found | None:  # noqa: ARG002
        for match in _REFERENCE.finditer(words.text):
            if any(letter.isdigit() for letter in match.group(2)):
                inside = [
                    place
                    for place, token in enumerate(words.tokens)
                    if match.start() <= token.start and token.end <= match.end()
                ]
                reference = f"{match.group(1)}-{match.group(2)}".upper()
                return Found(reference, inside[0], inside[-1] + 1) if inside else None
        return None

    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return found.value if found is not None and isinstance(found.value, str) else None
