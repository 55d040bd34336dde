"""What the classifier learns: the phrases that capabilities list, and those that mean nothing."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import structlog

from sokoni.dialogue.manifest import Capability
from sokoni.dialogue.triggers import OWN, examples, folders
from sokoni.language.classify import OUT_OF_SCOPE, Classifier, load, load_or_train

_KEPT: Final = 32
_log = structlog.get_logger(__name__)


def classifier_of(capabilities: Sequence[Capability], weights: Path | None = None) -> Classifier:
    """Return the classifier of these capabilities: of the file, where it still fits, else new."""
    return _learnt(folders(capabilities), weights)


@lru_cache(maxsize=_KEPT)
def _learnt(listed: tuple[Path, ...], weights: Path | None) -> Classifier:
    """Merchants with the same capabilities share one."""
    phrases: dict[str, list[str]] = {}
    for example in examples((OWN, *listed)):
        label = OUT_OF_SCOPE if example.task == "out_of_scope" else example.task
        phrases.setdefault(label, []).append(example.text)
    learnt = load_or_train(weights, phrases)
    if weights is not None:
        kept = load(weights)
        if kept is None or kept.digest != learnt.digest:
            _keep(learnt, weights)
    return learnt


def _keep(learnt: Classifier, weights: Path) -> None:
    """Save what was learnt for the next start; a folder that takes no file only costs that."""
    try:
        learnt.save(weights)
    except OSError as error:
        _log.warning("weights_not_kept", file=weights.name, error=type(error).__name__)
