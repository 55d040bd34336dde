"""How the classifier does on phrases that it was not shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from sokoni.dialogue.learning import by_label, label_of
from sokoni.dialogue.likeness import SURE
from sokoni.dialogue.triggers import Example
from sokoni.language.classify import Guess, train
from sokoni.language.words import words_of

_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class Score:
    """How many phrases were asked about, and what became of them."""

    phrases: int = 0
    right: int = 0
    """What the phrase means was likeliest, or that it means nothing we know."""
    mistaken: int = 0
    """Another task was believed, so surely that a contact would have been led into it."""

    def with_one(self, *, right: bool, mistaken: bool) -> "Score":
        return Score(self.phrases + 1, self.right + right, self.mistaken + mistaken)


def held_out(known: Sequence[Example]) -> Mapping[str, Score]:
    """Return the score by language.

    The phrases are parted in five; each part is asked about by a classifier that learnt the other
    four. Triggers are learnt and not asked about: another layer takes them.
    """
    scores: dict[str, Score] = {}
    for number in range(_PARTS):
        for example, guess in _asked(known, number):
            score = scores.get(example.language, Score())
            right = guess.label == label_of(example)
            mistaken = not right and bool(guess.label) and guess.sure >= SURE
            scores[example.language] = score.with_one(right=right, mistaken=mistaken)
    return dict(sorted(scores.items()))


def _asked(known: Sequence[Example], number: int) -> Iterator[tuple[Example, Guess]]:
    learnt = [one for one in known if _part(one) != number]
    classifier = train(by_label(learnt))
    for example in known:
        if _part(example) == number and not example.trigger:
            yield example, classifier.classify(words_of(example.text))


def _part(example: Example) -> int:
    """Return the part, the same for a phrase that two languages share or two tasks list."""
    return crc32(words_of(example.text).folded.encode()) % _PARTS
