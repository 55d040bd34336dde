"""Several values of one kind, in a tuple: "plumbing and electrical", "Harare, Ruwa"."""

from typing_extensions import override

from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_MOST = 20


class SeveralReader(Reader):
    """Reads all that another reader finds in the words, each once.

    `taken`: in words that are taken, too. "I am a plumber" begins a task, and says which work.
    """

    def __init__(self, one: Reader, *, taken: bool = False) -> None:
        self.order = one.order
        self._one = one
        self._taken = taken

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        words = words.untaken() if self._taken else words
        values: list[object] = []
        spans: list[tuple[int, int]] = []
        while len(spans) < _MOST and (found := self._one.find(words, scene)) is not None:
            if found.value not in values:
                values.append(found.value)
            spans.append((found.start, found.end))
            words = found.taken_from(words)
        if not spans:
            return None
        (start, end), *also = spans
        return Found(tuple(values), start, end, tuple(also))

    @override
    def read(self, words: Words, scene: Scene) -> tuple[object, ...] | None:
        """Take what the other reader reads only as a whole answer, such as a near spelling."""
        found = self.find(words, scene)
        if found is not None and isinstance(found.value, tuple):
            return found.value
        one = self._one.read(words, scene)
        return None if one is None else (one,)
