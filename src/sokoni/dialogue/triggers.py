"""The phrases that start tasks, and those the classifier learns from (`phrases/<lang>.yaml`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.phrasing import Phrasing, phrases_of
from sokoni.dialogue.spanning import BETWEEN, SpanningPhrases
from sokoni.language.gaps import GappedPhrases
from sokoni.language.joining import verb_stems
from sokoni.language.loosely import LoosePhrases
from sokoni.language.phrases import Phrases
from sokoni.language.readers.amounts import leads_to_amount
from sokoni.language.reading import Terms
from sokoni.language.words import Words, words_of

OWN: Final = Path(__file__).parent / "phrases"
"""What every dialogue understands: `menu`, `help` and `person` are commands, not tasks."""

_GAP: Final = "<"
_KEPT: Final = 64


@dataclass(frozen=True, slots=True)
class Triggered:
    """A task that the words name, and the tokens that do."""

    task: str
    start: int
    end: int
    borrowed: bool = False
    """A verb in the words of another language: it says what is wanted, and not that it is."""
    also: tuple[tuple[int, int], ...] = ()
    """Other phrases that mean the same: "looking 4 goats 2 buy"."""
    far: int = 0
    """Words of the phrase that stand further on."""
    others: tuple[str, ...] = ()
    """Tasks that have the same phrase: "bring it to" is so many, or where to."""


@dataclass(frozen=True, slots=True)
class Example:
    """A phrase that means a task, for training."""

    text: str
    task: str
    language: str
    trigger: bool = False


Names: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Kinds of the merchant's own words, and all words of each."""


class Triggers:
    """Finds the phrase that starts a task, wherever it stands in a message.

    A phrase may name a kind of the merchant's own words: "when is the <booking.service> coming",
    and have anything between its ends: "ndoda ... <store.number>". What is listed as `alone` is a
    phrase only where nothing else is said: "my data", and not "my data is finished".
    """

    def __init__(self, folders: Sequence[Phrasing], names: Names = ()) -> None:
        # Of phrases that are the same word for word, the first counts.
        every = enumerate(one for folder in folders for one in phrases_of(folder, "triggers"))
        listed = [(phrase, (-nth, task)) for nth, (_, task, phrase) in every]
        near = [one for one in listed if BETWEEN not in one[0]]
        self._phrases = LoosePhrases(one for one in near if _GAP not in one[0])
        self._sharing = _sharing((phrase, task) for phrase, (_, task) in near)
        self._gapped = GappedPhrases((one for one in near if _GAP in one[0]), dict(names))
        spanning = ((phrase, task) for phrase, (_, task) in listed if BETWEEN in phrase)
        self._spanning = SpanningPhrases(spanning, dict(names))
        alone = (one for folder in folders for one in phrases_of(folder, "alone"))
        self._alone = Phrases((phrase, task) for _, task, phrase in alone)
        self.agreeing = _answering(folders, "agrees")
        """By task: what agrees to its summary besides yes."""
        self.denying = _answering(folders, "denies")
        """And what does not, besides no."""

    def find(self, words: Words) -> Triggered | None:
        """Return the longest trigger in the words, the first of equally long ones."""
        alone = self._alone.whole(words.phrase(0, _closing(words)))
        if alone is not None:
            return Triggered(alone, 0, len(words.tokens))
        every = [one for place in range(len(words.tokens)) if (one := self.opening(words, place))]
        best = max(every, key=_length, default=None)
        if best is None or len(every) == 1:
            return best
        also = ((one.start, one.end) for one in every if one.task == best.task and one is not best)
        return replace(best, also=tuple(also))

    def opening(self, words: Words, place: int) -> Triggered | None:
        """Return the trigger that begins at a token."""
        plain = self._phrases.at(words, place)
        every = [*self._gapped.ends(words, place), *([plain] if plain else ())]
        borrowed = None if every else self._borrowed(words, place)
        if borrowed is not None:
            every.append(borrowed)
        if not every:
            return None
        (_, task), end = max(every, key=lambda one: (one[1], one[0]))
        if leads_to_amount(words, place, end):
            return None
        spanning = self._spanning.opening(words, place)
        if spanning is not None and spanning.end >= end:
            return Triggered(spanning.task, place, spanning.end, far=spanning.far)
        sharing = self._sharing.get(words.phrase(place, end), ())
        others = tuple(one for one in sharing if one != task)
        return Triggered(task, place, end, borrowed is not None, others=others)

    def _borrowed(self, words: Words, place: int) -> tuple[tuple[int, str], int] | None:
        """Return the trigger that is one word with the verb's beginning in another language."""
        for verb in verb_stems(words.tokens[place].folded):
            found = self._exactly(words_of(verb))
            if found is not None:
                return found, place + 1
        return None

    def _exactly(self, words: Words) -> tuple[int, str] | None:
        """Return what the phrase that is just these words stands for."""
        end = len(words.tokens)
        plain = self._phrases.whole(words.folded)
        gapped = [one for one, at in self._gapped.ends(words, 0) if at == end] if end else []
        return max([*gapped, *([plain] if plain else ())], default=None)

    def whole(self, words: Words) -> str | None:
        """Return the task whose trigger the whole message is, closing signs aside."""
        said = words.part(0, _closing(words))
        found = self._exactly(said)
        return self._alone.whole(said.folded) if found is None else found[1]


def _closing(words: Words) -> int:
    """Return where the closing signs begin."""
    end = len(words.tokens)
    while end and not (words.tokens[end - 1].is_word or words.tokens[end - 1].is_number):
        end -= 1
    return end


def _sharing(listed: Iterable[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    """Return the phrases that several tasks have, each with its tasks."""
    tasks: dict[str, dict[str, None]] = {}
    for phrase, task in listed:
        tasks.setdefault(words_of(phrase).folded, {})[task] = None
    return {phrase: tuple(every) for phrase, every in tasks.items() if len(every) > 1}


def _answering(folders: Iterable[Phrasing], part: str) -> Mapping[str, Phrases[str]]:
    listed: dict[str, list[tuple[str, str]]] = {}
    for folder in folders:
        for language, task, phrase in phrases_of(folder, part):
            listed.setdefault(task, []).append((phrase, language))
    return {task: LoosePhrases(every) for task, every in listed.items()}


def _length(found: Triggered) -> tuple[int, bool]:
    """Return how much it says: in "ngifuna ukusell" what is wanted says more than that it is."""
    return found.end - found.start + found.far, found.borrowed


def folders(capabilities: Sequence[Capability]) -> tuple[Phrasing, ...]:
    """Return where the capabilities' phrases are, those of the merchant's own file last."""
    own = (one.made.phrases for one in capabilities if one.made.phrases.listed)
    return (*(one.phrases for one in capabilities), *own)


def names_of(terms: Mapping[str, Terms]) -> Names:
    """Return the words of a merchant's own that phrases may stand for."""
    return tuple((kind, tuple(one)) for kind, one in terms.items() if isinstance(one, Phrases))


@lru_cache(maxsize=_KEPT)
def triggers_of(folders: tuple[Phrasing, ...], names: Names = ()) -> Triggers:
    """Return the triggers of these folders: merchants of the same capabilities share them."""
    return Triggers(folders, names)


def examples(listed: Iterable[Phrasing]) -> Iterator[Example]:
    """Yield every phrase that the folders list for tasks, those that stand for others left out."""
    for folder in listed:
        for part in ("triggers", "examples"):
            for language, task, phrase in phrases_of(folder, part):
                if _GAP not in phrase:
                    yield Example(phrase, task, language, trigger=part == "triggers")


def names_of_slot(listed: Iterable[Phrasing], task: str, slot: str) -> Iterator[str]:
    """Yield what the folders call a task's slot, or begin its value with: "deliver it to"."""
    for folder in listed:
        yield from (phrase for _, named, phrase in phrases_of(folder, slot) if named == task)
