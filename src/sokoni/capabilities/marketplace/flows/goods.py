"""Refusing goods that the channel's rules, or the merchant, do not let anybody trade in."""

from typing import Final

from sokoni.capabilities.marketplace.desk import Desk
from sokoni.capabilities.marketplace.goods import Ban, banned
from sokoni.dialogue.flow import AnswerRefused
from sokoni.messaging.prompts import Prompt

_REFUSALS: Final = {
    Ban.CHANNEL: "marketplace.goods.forbidden",
    Ban.MERCHANT: "marketplace.goods.not_taken",
}


def refusal(thing: str, desk: Desk) -> Prompt | None:
    """Say why a thing may not be traded in; None where it may."""
    settings = desk.settings
    ban = banned(thing, forbidden=settings.forbidden, allowed=settings.allowed)
    return None if ban is None else Prompt(_REFUSALS[ban], {"thing": thing})


def check_goods(thing: str, desk: Desk) -> None:
    """Refuse a thing that may not be traded in."""
    refused = refusal(thing, desk)
    if refused is not None:
        raise AnswerRefused("thing", refused)
