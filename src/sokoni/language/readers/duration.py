"""How long something takes, in minutes: "2 hours", "a day's notice", "half an hour"."""

import re
from typing import Final

from typing_extensions import override

from sokoni.language.lexicon import words_in
from sokoni.language.readers.delays import span_at
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words, words_of

_MINUTES: Final = {
    "minute": 1,
    "hour": 60,
    "day": 24 * 60,
    "week": 7 * 24 * 60,
    "month": 30 * 24 * 60,
}
_OWNED: Final = re.compile(r"(?<=\w)['\u2019]s?\b")
"""Of "a day's notice"."""


class DurationReader(Reader):
    """Reads an `int` of minutes; "no" and "none" are 0 where it is asked for.

    Of taken words too: "a day's notice" begins the task, and tells how long.
    """

    order = 28

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        plain = words_of(_OWNED.sub("", words.text))
        same = len(plain.tokens) == len(words.tokens)
        for source in (words.untaken(), plain) if same else (words.untaken(),):
            for place in range(len(source.tokens)):
                span = span_at(source, place)
                if span is not None:
                    return Found(round(span[1] * _MINUTES[span[0]]), place, span[2])
        return None

    @override
    def read(self, words: Words, scene: Scene) -> int | None:
        found = self.find(words, scene)
        if found is not None and isinstance(found.value, int):
            return found.value
        none = words_in("week", "none") | words_in("no")
        return 0 if words.folded.rstrip(" .!") in none else None
