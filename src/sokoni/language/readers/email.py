"""An e-mail address anywhere in a message. Takes its tokens at 3: it is nothing else."""

import re
from typing import Final

from typing_extensions import override

from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_ADDRESS: Final = re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}(?![\w-])")


class EmailReader(Reader):
    """Reads a `str`, its domain in small letters: "priya@example.in"."""

    order = 3

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        match = _ADDRESS.search(words.text)
        if match is None:
            return None
        inside = [
            place
            for place, token in enumerate(words.tokens)
            if token.start < match.end() and match.start() < token.end
        ]
        if not inside:
            return None
        name, _, domain = match.group().rpartition("@")
        return Found(f"{name}@{domain.lower()}", inside[0], inside[-1] + 1)

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        found = self.find(words, scene)
        return None if found is None else str(found.value)
