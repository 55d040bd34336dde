"""Lets what is said be shown by the channel's own catalogue, as far as that has it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from sokoni.channels.base import Limits
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.saying import Saying
from sokoni.messaging.catalogues import CatalogueItems
from sokoni.messaging.prompts import Prompt


async def as_catalogued(
    sayings: Sequence[Saying], limits: Limits, context: TurnContext
) -> Sequence[Saying]:
    """Take out of a prompt what only the channel's own catalogue could show, and it has not.

    A list is shown by it as a whole, or not at all.
    """
    if not limits.catalogue:
        return sayings
    wanted = [number for one in sayings for number in _products(one.prompt)]
    opens = any(one.prompt.catalogue for one in sayings)
    if not (wanted or opens):
        return sayings
    items = CatalogueItems(context.session, context.merchant.id, limits.catalogue)
    known = await items.known(wanted)
    opens = opens and await items.any()
    return [replace(one, prompt=_shown(one.prompt, known, opens=opens)) for one in sayings]


def _products(prompt: Prompt) -> Iterator[str]:
    if prompt.product:
        yield prompt.product
    yield from (choice.product for choice in prompt.choices if choice.product)


def _shown(prompt: Prompt, known: frozenset[str], *, opens: bool) -> Prompt:
    """Return the prompt as far as the catalogue can show it."""
    if not opens and prompt.catalogue:
        prompt = msgspec.structs.replace(prompt, catalogue=False)
    if known.issuperset(_products(prompt)):
        return prompt
    choices = tuple(msgspec.structs.replace(one, product="") for one in prompt.choices)
    return msgspec.structs.replace(prompt, product="", choices=choices)
