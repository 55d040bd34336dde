"""What the second seed's operator says to everybody, or to all at one step, as a broadcast."""

from collections.abc import Mapping
from typing import Final

from sokoni.capabilities.broadcast.said import (
    PLACEHOLDER,
    Audience,
    BroadcastSaid,
    Condition,
)
from sokoni.contacts.facts import Fact, FactRefusedError
from sokoni.kit.text import shortened
from sokoni.merchants.profile import MerchantProfile

MESSAGE: Final = "broadcast.message"
"""Purpose of the template that says any message, by its variable `text`."""
_TARGET: Final = ".target_step"
_NAME_LENGTH: Final = 60


def said_to_all(
    message: str, step: str, facts: Mapping[str, Fact], merchant: MerchantProfile
) -> BroadcastSaid:
    """Return it; raise `FactRefusedError` where nobody is at any step."""
    words = PLACEHOLDER.sub(lambda one: f"({one[1]})", message)
    return BroadcastSaid(
        name=shortened(" ".join(message.split()), _NAME_LENGTH) or "-",
        kind="utility",
        audience=Audience(all=(_at(step, facts),)) if step else Audience(),
        texts={merchant.language: words},
        template=MESSAGE,
    )


def _at(step: str, facts: Mapping[str, Fact]) -> Condition:
    known = next((name for name in sorted(facts) if name.endswith(_TARGET)), None)
    if known is None:
        raise FactRefusedError("target_step: the merchant has no registration")
    return Condition(fact=known, values=(step,))
