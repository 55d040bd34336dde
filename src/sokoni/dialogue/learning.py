"""What the classifier learns: the phrases that capabilities list, and those that mean nothing."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import structlog

from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.phrasing import Phrasing
from sokoni.dialogue.triggers import OWN, Example, examples, folders
from sokoni.language.classify import OUT_OF_SCOPE, Classifier, load_fitting, train

_KEPT: Final = 32
_NOTHING: Final = "out_of_scope"
_log = structlog.get_logger(__name__)


def examples_of(capabilities: Sequence[Capability]) -> tuple[Example, ...]:
    """Return every phrase that a classifier of these capabilities learns."""
    return tuple(examples((OWN, *folders(capabilities))))


def label_of(example: Example) -> str:
    return OUT_OF_SCOPE if example.task == _NOTHING else example.task


def by_label(learnt: Iterable[Example]) -> Mapping[str, Sequence[str]]:
    """Sort phrases by what they mean, as the classifier wants them."""
    phrases: dict[str, list[str]] = {}
    for example in learnt:
        phrases.setdefault(label_of(example), []).append(example.text)
    return phrases


def weights_file(beside: Path, capabilities: Sequence[Capability]) -> Path:
    """Return where these capabilities' weights are kept: beside the server's development keys."""
    own = (
        f"{one.name}.{one.made.phrases.mark}" for one in capabilities if one.made.phrases.listed
    )
    names = "-".join(sorted((*(one.name for one in capabilities), *own))) or "none"
    return beside.with_suffix(f".{names}.weights")


def classifier_of(capabilities: Sequence[Capability], weights: Path | None = None) -> Classifier:
    """Return the classifier of these capabilities: of the file, where it still fits, else new."""
    return _learnt(folders(capabilities), weights)


def trained(capabilities: Sequence[Capability], weights: Path) -> Classifier:
    """Learn anew, and write the weights for the next start."""
    learnt = train(by_label(examples_of(capabilities)))
    learnt.save(weights)
    return learnt


@lru_cache(maxsize=_KEPT)
def _learnt(listed: tuple[Phrasing, ...], weights: Path | None) -> Classifier:
    """Merchants with the same capabilities share one."""
    phrases = by_label(examples((OWN, *listed)))
    kept = load_fitting(weights, phrases) if weights is not None else None
    learnt = kept or _trained(tuple((label, tuple(said)) for label, said in phrases.items()))
    if weights is not None and kept is None:
        _keep(learnt, weights)
    return learnt


@lru_cache(maxsize=_KEPT)
def _trained(phrases: tuple[tuple[str, tuple[str, ...]], ...]) -> Classifier:
    """Learn the same phrases once, wherever what was learnt is kept."""
    return train(dict(phrases))


def _keep(learnt: Classifier, weights: Path) -> None:
    """Save what was learnt for the next start; a folder that takes no file only costs that."""
    try:
        learnt.save(weights)
    except OSError as error:
        _log.warning("weights_not_kept", file=weights.name, error=type(error).__name__)
