"""Yes or no, as a whole message. Takes its tokens at 5."""

from typing import Final

from typing_extensions import override

from sokoni.language.control import Control, control_word
from sokoni.language.reading import Found, Reader, Scene
from sokoni.language.words import Words

_MEANING: Final = {Control.YES: True, Control.NO: False}


class YesNoReader(Reader):
    """Reads a `bool`: "yes", "hongu", "yebo please", "aiwa". Never inside other words."""

    order = 5

    @override
    def find(self, words: Words, scene: Scene) -> Found | None:
        meant = self.read(words, scene) if all(words.free) else None
        return None if meant is None else Found(meant, 0, len(words.tokens))

    @override
    def read(self, words: Words, scene: Scene) -> bool | None:
        said = control_word(words)
        return None if said is None else _MEANING.get(said.control)
