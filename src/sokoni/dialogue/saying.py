"""A prompt on its way out, with the question that it asks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from sokoni.messaging.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said. Its choices answer `slot` of `task`, where these are given."""

    prompt: Prompt
    task: str = ""
    slot: str = ""
    page: int = 1


def offered_once(sayings: Sequence[Saying]) -> list[Saying]:
    """Leave out of a prompt the choices that a later one offers as well."""
    return [_without(one, sayings[place + 1 :]) for place, one in enumerate(sayings)]


def _without(saying: Saying, later: Sequence[Saying]) -> Saying:
    choices = saying.prompt.choices
    if not choices or saying.prompt.listed is not None:
        return saying
    again = [choice for one in later for choice in one.prompt.choices]
    kept = tuple(one for one in choices if one not in again)
    if kept == choices:
        return saying
    return replace(saying, prompt=msgspec.structs.replace(saying.prompt, choices=kept))
