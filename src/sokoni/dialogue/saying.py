"""A prompt on its way out, with the question that it asks."""

from dataclasses import dataclass

from sokoni.messaging.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Saying:
    """What is said. Its choices answer `slot` of `task`, where these are given."""

    prompt: Prompt
    task: str = ""
    slot: str = ""
    page: int = 1
