"""The tasks, phrases and words that a merchant's file makes of its registrations."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from sokoni.capabilities.onboarding.facts import facts
from sokoni.capabilities.onboarding.flows.prove import prove_task
from sokoni.capabilities.onboarding.flows.register import RegisterFlow
from sokoni.capabilities.onboarding.forms import Registering, registrations, term_of
from sokoni.capabilities.onboarding.settings import NAME, Step
from sokoni.capabilities.onboarding.wording import wording
from sokoni.dialogue.manifest import Own, Task
from sokoni.dialogue.phrasing import OwnPhrase, OwnPhrases, phrases_of
from sokoni.language.phrases import Phrases
from sokoni.language.reading import Terms

PHRASES: Final = Path(__file__).parent / "phrases"
_EVERY: Final = "en"
"""Under which language phrases stand that were given for all."""


def own(declared: Mapping[str, Any]) -> Own:
    """Return what the merchant's part of the file makes."""
    made = registrations(declared)
    return _own(tuple(made.values())) if made else Own()


def terms(declared: Mapping[str, Any]) -> Mapping[str, Terms]:
    """Return what the options of choices are called."""
    return {
        term_of(one.registration, step): Phrases(_names(step.options))
        for one in registrations(declared).values()
        for step in one.steps.values()
        if step.options
    }


def _names(options: Sequence[Any]) -> Iterator[tuple[str, str]]:
    for option in options:
        for label in option.label.values():
            yield label, option.id
    for option in options:
        yield option.id.replace("_", " "), option.id
        for words in option.words.values():
            yield from ((word, option.id) for word in words)


def _own(made: tuple[Registering, ...]) -> Own:
    registering = tuple(
        Task(
            name=one.task, form=one.form, make=partial(RegisterFlow, one), in_menu=True, sole=True
        )
        for one in made
    )
    proving = tuple(task for one in made if (task := prove_task(one)) is not None)
    worded = {key: says for one in made for key, says in wording(one).items()}
    return Own(
        tasks=(*registering, *proving),
        phrases=OwnPhrases(tuple(_phrases(made))),
        wording=worded,
        facts=facts(made),
    )


def _phrases(made: Sequence[Registering]) -> Iterator[OwnPhrase]:
    for one in made:
        listed = {"triggers": one.registration.triggers, "examples": one.registration.examples}
        for part, by_language in listed.items():
            for language, phrases in by_language.items():
                yield from (
                    OwnPhrase(language or _EVERY, one.task, part, phrase) for phrase in phrases
                )
        for language, label in one.registration.label.items():
            yield OwnPhrase(language or _EVERY, one.task, "triggers", label)
        for step in one.steps.values():
            yield from _names_of(one, step)


def _names_of(one: Registering, step: Step) -> Iterator[OwnPhrase]:
    """Yield what a step is called: by the merchant, then what its kind is called everywhere."""
    for language, names in step.names.items():
        yield from (OwnPhrase(language or _EVERY, one.task, step.slot, name) for name in names)
    for language, kind, name in phrases_of(PHRASES, "called"):
        if kind == f"{NAME}.{step.kind}":
            yield OwnPhrase(language, one.task, step.slot, name)
