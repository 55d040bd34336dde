"""What a buyer is told of a listing that came for what they look for."""

from typing import Final

from sokoni.capabilities.marketplace.desk import start
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

OFFERED: Final = "marketplace.offered"
"""Timer of the buyer's turn that notes an offer, and says what there is to say of it."""


def match_told(words: Params, listing: str, request: str) -> Prompt:
    """Return what is said of the first offer, by the references of the two."""
    show = start("show_listing", {"listing": listing})
    return Prompt(
        "marketplace.match.told",
        words,
        (
            Choice("show", Worded("marketplace.choice.show"), command=show, means="yes"),
            stop_looking(request),
        ),
    )


def stop_looking(request: str) -> Choice:
    stop = start("close_request", {"request": request})
    return Choice("stop_looking", Worded("marketplace.choice.stop_looking"), command=stop)
