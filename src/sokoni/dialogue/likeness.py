"""What a message is like, by the classifier."""

from collections.abc import Sequence
from typing import Final

from sokoni.language.classify import Classifier, Guess
from sokoni.language.words import Words

SURE: Final = 0.75
"""From here on the classifier is believed; below, what it thinks likely is offered."""
SURE_ENOUGH_TO_LEAVE: Final = 0.85
"""In the middle of a task it has to be surer."""
LIKELY: Final = 0.15
"""From here on it may be meant."""


class Likeness:
    """Classifies a message once, however many ask about it."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._guessed: tuple[Words | None, Sequence[Guess]] = (None, ())
        """The last message, and what it is likely to mean."""

    def surely(self, words: Words, needed: float) -> str:
        """Return the one label that the classifier is sure of; of two nobody knows which."""
        sure = [guess.label for guess in self._guesses(words) if guess.sure >= needed]
        return sure[0] if len(sure) == 1 else ""

    def likely(self, words: Words) -> Sequence[str]:
        """Return the labels that may be meant, the likeliest first."""
        return [guess.label for guess in self._guesses(words) if guess.sure >= LIKELY]

    def _guesses(self, words: Words) -> Sequence[Guess]:
        if not any(token.is_word for token in words.tokens):
            return ()
        if self._guessed[0] is not words:
            self._guessed = (words, self._classifier.likely(words))
        return self._guessed[1]
