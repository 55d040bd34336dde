"""A small linear classifier over hashed n-grams: which task a message means, or none.

One logistic regression per task, so that a message may also mean nothing we know. Pure Python:
it learns some hundred phrases at start in less than a second.
"""

import os
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from pathlib import Path
from typing import Final
from zlib import crc32

import msgspec

from sokoni.language.words import Words, words_of

OUT_OF_SCOPE: Final = ""
SURE: Final = 0.5
"""Below this, nothing that was learnt is meant."""

_VERSION: Final = 1
_ROUNDS: Final = 16
_RATE: Final = 4.0
_SETTLED: Final = 0.08
_SETTLED_SCORE: Final = log(1.0 / _SETTLED - 1.0)
"""From which score on a label is as sure as that it is wrong by less."""
_BIAS: Final = -3.0
_GRAMS: Final = (3, 4)
_LONGEST: Final = 40
_NUMBER: Final = "#"


@dataclass(frozen=True, slots=True)
class Guess:
    """A task and how sure it is, from 0 to 1. An empty label: out of scope."""

    label: str
    sure: float


class _Stored(msgspec.Struct):
    """A classifier as it lies in a file."""

    version: int
    digest: str
    labels: list[str]
    weights: dict[int, bytes]


class Classifier:
    """Made by `train` or `load`; immutable after."""

    def __init__(
        self, labels: Sequence[str], weights: Mapping[int, Sequence[float]], digest: str
    ) -> None:
        self._labels = tuple(labels)
        self._weights = weights
        self.digest = digest

    @property
    def labels(self) -> tuple[str, ...]:
        return self._labels

    def classify(self, words: Words) -> Guess:
        """Return the likeliest task, or `OUT_OF_SCOPE` where none is likely."""
        best = max(self._guesses(words), key=_sureness, default=Guess(OUT_OF_SCOPE, 0.0))
        return best if best.sure >= SURE else Guess(OUT_OF_SCOPE, 1.0 - best.sure)

    def likely(self, words: Words, *, limit: int = 3, least: float = 0.1) -> tuple[Guess, ...]:
        """Return the likeliest tasks, best first, to be offered as choices."""
        guesses = sorted(self._guesses(words), key=_sureness, reverse=True)
        return tuple(guess for guess in guesses[:limit] if guess.sure >= least)

    def save(self, path: Path) -> None:
        stored = _Stored(
            version=_VERSION,
            digest=self.digest,
            labels=list(self._labels),
            weights={key: array("f", row).tobytes() for key, row in self._weights.items()},
        )
        # Whole or not at all: another process may start at the same moment.
        draft = path.with_suffix(f".{os.getpid()}.draft")
        draft.write_bytes(msgspec.msgpack.encode(stored))
        draft.replace(path)

    def _guesses(self, words: Words) -> list[Guess]:
        scores = _scores(self._weights, _features(words), len(self._labels))
        return [
            Guess(label, _logistic(score))
            for label, score in zip(self._labels, scores, strict=True)
        ]


def train(examples: Mapping[str, Sequence[str]]) -> Classifier:
    """Learn from phrases by label. The label `OUT_OF_SCOPE` holds phrases that mean none."""
    labels = sorted(label for label in examples if label != OUT_OF_SCOPE)
    samples = _samples(examples, labels)
    weights: dict[int, list[float]] = {
        feature: [0.0] * len(labels) for _, features in samples for feature in features
    }
    rows = [(truth, [weights[feature] for feature in features]) for truth, features in samples]
    for _ in range(_ROUNDS):
        for truth, own in rows:
            _learn(own, truth)
    return Classifier(labels, weights, digest_of(examples))


def load(path: Path) -> Classifier | None:
    """Return the classifier of a file, or None where there is none that we can read."""
    try:
        stored = msgspec.msgpack.decode(path.read_bytes(), type=_Stored)
    except (OSError, msgspec.DecodeError):
        return None
    if stored.version != _VERSION:
        return None
    weights = {key: array("f", row) for key, row in stored.weights.items()}
    return Classifier(stored.labels, weights, stored.digest)


def load_fitting(path: Path, examples: Mapping[str, Sequence[str]]) -> Classifier | None:
    """Return the classifier of a file if it was learnt from these very examples, else None."""
    kept = load(path)
    return kept if kept is not None and kept.digest == digest_of(examples) else None


def digest_of(examples: Mapping[str, Sequence[str]]) -> str:
    """Return what tells one set of examples from another."""
    ordered = sorted((label, sorted(phrases)) for label, phrases in examples.items())
    return f"{crc32(msgspec.json.encode(ordered)):08x}"


def _samples(
    examples: Mapping[str, Sequence[str]], labels: Sequence[str]
) -> list[tuple[int, tuple[int, ...]]]:
    """Return label and features of every phrase, shuffled the same way each time."""
    place = {label: number for number, label in enumerate(labels)}
    phrases = [(label, phrase) for label, listed in examples.items() for phrase in listed]
    phrases.sort(key=lambda pair: crc32(f"{pair[1]}/{pair[0]}".encode()))
    return [(place.get(label, -1), _features(words_of(phrase))) for label, phrase in phrases]


def _learn(rows: Sequence[list[float]], truth: int) -> None:
    """Move the weights of the labels that the phrase with these features gets wrong."""
    scale = 1.0 / sqrt(len(rows))
    for label, total in enumerate(map(sum, zip(*rows, strict=True))):
        score = _BIAS + scale * total
        # Told from the score itself: all but a few labels are settled at any time.
        if score > _SETTLED_SCORE if label == truth else score < -_SETTLED_SCORE:
            continue
        step = _RATE * scale * ((label == truth) - _logistic(score))
        for row in rows:
            row[label] += step


def _scores(
    weights: Mapping[int, Sequence[float]], features: Sequence[int], count: int
) -> list[float]:
    """Add up the rows of all features; unknown ones only make the message vaguer."""
    rows = [row for feature in features if (row := weights.get(feature)) is not None]
    scale = 1.0 / sqrt(len(features)) if features else 0.0
    if not rows:
        return [_BIAS] * count
    return [_BIAS + scale * total for total in map(sum, zip(*rows, strict=True))]


def _features(words: Words) -> tuple[int, ...]:
    """Return the hashed n-grams of a message: words, pairs of words, and pieces of words."""
    spoken = [
        token.folded if token.is_word else _NUMBER
        for token in words.tokens[:_LONGEST]
        if token.is_word or token.is_number
    ]
    return tuple({crc32(gram.encode()) for gram in _grams(spoken)})


def _grams(spoken: Sequence[str]) -> Iterator[str]:
    before = "^"
    for word in spoken:
        yield word
        yield f"{before} {word}"
        before = word
        yield from _pieces(f"<{word}>")


def _pieces(word: str) -> Iterator[str]:
    for length in _GRAMS:
        for start in range(len(word) - length + 1):
            yield word[start : start + length]


def _logistic(score: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))


def _sureness(guess: Guess) -> float:
    return guess.sure
