"""A message in words, as the layers of understanding look at it."""

from dataclasses import dataclass

from sokoni.dialogue.menus import bare
from sokoni.language.control import ControlWord, control_word
from sokoni.language.words import Words


@dataclass(frozen=True, slots=True)
class Line:
    """A message in words, and the control word that it is, if any."""

    words: Words
    control: ControlWord | None
    bare: str
    """The words as they are compared with labels."""

    @classmethod
    def of(cls, words: Words) -> "Line":
        return cls(words, control_word(words), bare(words))
