"""Free text as it was written. Found nowhere but as a whole answer; comes last, at 110."""

from typing_extensions import override

from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words


class TextReader(Reader):
    """Reads a `str` of some length: a description, an address, a note."""

    order = 110

    def __init__(self, *, shortest: int = 1, longest: int = 1000) -> None:
        self._shortest = shortest
        self._longest = longest

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        """Return nothing: any words might be it, so none are sure to be."""
        return None

    @override
    def read(self, words: Words, scene: Scene) -> str | None:
        text = words.text.strip()
        return text if self.allows(text) else None

    def allows(self, text: str) -> bool:
        return self._shortest <= len(text) <= self._longest
