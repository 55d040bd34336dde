"""What is said while nobody asks may come after the window: none of it lacks a template."""

import re
from collections.abc import Collection, Mapping
from typing import Final

import pytest

from sokoni.bootstrap import CAPABILITIES
from sokoni.dialogue.manifest import Capability
from tests.demo.shipped import LANGUAGES, declared, keys
from tests.demo.unasked import Reach

MERCHANTS: Final = {"store": "corner-shop", "marketplace": "gokwe-market", "booking": "hustlr"}
PARTS: Final = {
    *("store.news.piece", "store.news.called_off"),
    *("store.news.called_off.why", "store.news.called_off.paid"),
    "store.status.shown",
}
"""Only said as parts of other news."""
ANSWERS: Final[Mapping[str, Collection[str]]] = {
    "booking": {
        # To who just moved the booking.
        *("booking.news.countered.provider", "booking.news.rescheduling.asks"),
        # To who asked: nothing waits for an answer.
        "booking.none_waits",
    },
    "marketplace": {
        # To who just said yes or no to a buyer; the other side is told apart.
        *("marketplace.accept.buyer_left", "marketplace.accept.listing_gone"),
        *("marketplace.accept.done", "marketplace.accept.done.call"),
        *("marketplace.accept.done.numberless", "marketplace.accept.done.wait"),
        *("marketplace.decline.done", "marketplace.interest.gone"),
        # To who just said what came of a deal, and whether they pay.
        *("marketplace.deal.agreed", "marketplace.deal.gone"),
        *("marketplace.deal.no", "marketplace.deal.waiting"),
        *("marketplace.pay.declined", "marketplace.pay.gone"),
        # To who sent a picture a moment ago.
        *("marketplace.my_listings.none", "marketplace.photo.whose", "marketplace.set_photo.done"),
    },
    "store": {
        # To who asked for it a moment ago.
        *("store.receipt.here", "store.receipt.failed"),
        *PARTS,
    },
    "rights": {
        # To who asked for it a moment ago.
        *("rights.data.here", "rights.data.failed"),
    },
}
"""What the finder takes for unasked and is none: it answers who wrote a moment ago."""
ENGINE: Final = {
    *("staff.wanted", "staff.parked", "staff.report"),
    *("staff.free_messages", "staff.template_stopped"),
    *("dialogue.let_in", "dialogue.appeal.approved", "dialogue.appeal.rejected"),
    "rights.decided",
}
"""Every merchant's staff are told, who was shut out, and who asked for their data."""
EVERYBODYS: Final = [one for one in CAPABILITIES if one.always]
OWN: Final = [one for one in CAPABILITIES if one.name in MERCHANTS]
EXCUSING: Final = [one for one in CAPABILITIES if one.name in ANSWERS]
_SHOWN: Final = re.compile(r"payments\.(page\..*|pay|cash.*|link\.later)")
"""Not told by itself: pages, a button, and how to pay, which is part of what asks for it."""


def templates(merchant: str) -> set[tuple[str, str]]:
    return {(one.purpose, one.language) for one in declared(merchant).templates}


def of_money() -> set[str]:
    """Return what the engine says of payments, whatever they are for."""
    ours = {key for key in keys() if key.startswith("payments.")}
    return {key for key in ours if not _SHOWN.fullmatch(key)}


@pytest.mark.parametrize("capability", EVERYBODYS, ids=lambda one: one.name)
def test_what_every_merchant_says_unasked_is_known(capability: Capability) -> None:
    found = Reach(capability, keys()).unasked(capability)

    said = {one for one in found if ".paper." not in one}
    assert said - set(ANSWERS[capability.name]) <= ENGINE


@pytest.mark.parametrize("capability", OWN, ids=lambda one: one.name)
def test_whatever_is_said_unasked_has_a_template_in_every_language(
    capability: Capability,
) -> None:
    found = Reach(capability, keys()).unasked(capability)
    said = {one for one in found if ".choice." not in one} - set(ANSWERS[capability.name])
    wanted = said | ENGINE | of_money()

    there = templates(MERCHANTS[capability.name])

    assert {(key, language) for key in wanted for language in LANGUAGES} - there == set()


@pytest.mark.parametrize("capability", OWN, ids=lambda one: one.name)
def test_no_template_is_for_what_nobody_says(
    capability: Capability,
) -> None:
    said = Reach(capability, keys()).unasked(capability) | ENGINE | of_money()

    assert {purpose for purpose, _ in templates(MERCHANTS[capability.name])} - said == set()


@pytest.mark.parametrize("capability", EXCUSING, ids=lambda one: one.name)
def test_what_is_excused_is_found(
    capability: Capability,
) -> None:
    found = Reach(capability, keys()).unasked(capability)

    assert set(ANSWERS[capability.name]) - found == set()
