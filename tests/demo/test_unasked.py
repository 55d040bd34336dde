"""What is said while nobody asks may come after the window: none of it lacks a template."""

import inspect
import re
from collections.abc import Collection, Mapping
from typing import Final

import pytest

from sokoni.bootstrap import CAPABILITIES
from sokoni.dialogue import codes, judging
from sokoni.dialogue.manifest import Capability
from tests.demo.shipped import declared, keys
from tests.demo.unasked import Reach, said_in

MERCHANTS: Final[Mapping[str, Collection[str]]] = {
    "corner-shop": ("store",),
    "gokwe-market": ("marketplace",),
    "hustlr": ("booking",),
    "msme-bazaar": ("onboarding", "broadcast"),
}
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
SAID_TO_MANY: Final = {"broadcast.message"}
"""Its text is what a broadcast says."""
EVERYBODYS: Final = [one for one in CAPABILITIES if one.always]
EXCUSING: Final = [one for one in CAPABILITIES if one.name in ANSWERS]
_SHOWN: Final = re.compile(r"payments\.(page\..*|pay|cash.*|link\.later)")
"""Not told by itself: pages, a button, and how to pay, which is part of what asks for it."""


def templates(merchant: str) -> set[tuple[str, str]]:
    return {(one.purpose, one.language) for one in declared(merchant).templates}


def of_money() -> set[str]:
    """Return what the engine says of payments, whatever they are for."""
    ours = {key for key in keys() if key.startswith("payments.")}
    return {key for key in ours if not _SHOWN.fullmatch(key)}


def of_codes() -> set[str]:
    """Return what is said of codes while nobody asks; an SMS needs no template."""
    told = said_in(inspect.getsource(codes), keys()) | said_in(inspect.getsource(judging), keys())
    return {key for key in told if key.startswith(("verification.", "staff.code"))} - {
        "verification.sms"
    }


def unasked(merchant: str) -> set[str]:
    """Return all that a merchant may say while nobody asks."""
    said = set(ENGINE)
    for one in CAPABILITIES:
        if one.name in MERCHANTS[merchant]:
            found = Reach(one, keys()).unasked(one) - set(ANSWERS.get(one.name, ()))
            said |= {key for key in found if ".choice." not in key}
            said |= of_money() if one.payments else set()
    return said | (of_codes() if declared(merchant).verification else set())


@pytest.mark.parametrize("capability", EVERYBODYS, ids=lambda one: one.name)
def test_what_every_merchant_says_unasked_is_known(capability: Capability) -> None:
    found = Reach(capability, keys()).unasked(capability)

    said = {one for one in found if ".paper." not in one}
    assert said - set(ANSWERS[capability.name]) <= ENGINE


@pytest.mark.parametrize("merchant", MERCHANTS)
def test_whatever_is_said_unasked_has_a_template_in_every_language(merchant: str) -> None:
    wanted, languages = unasked(merchant), declared(merchant).languages

    there = templates(merchant)

    assert {(key, language) for key in wanted for language in languages} - there == set()


@pytest.mark.parametrize("merchant", MERCHANTS)
def test_no_template_is_for_what_nobody_says(merchant: str) -> None:
    said = unasked(merchant) | SAID_TO_MANY

    assert {purpose for purpose, _ in templates(merchant)} - said == set()


def test_what_is_said_of_codes_unasked_is_found() -> None:
    assert {"verification.later", "verification.kept", "staff.code_unknown"} <= of_codes()


@pytest.mark.parametrize("capability", EXCUSING, ids=lambda one: one.name)
def test_what_is_excused_is_found(
    capability: Capability,
) -> None:
    found = Reach(capability, keys()).unasked(capability)

    assert set(ANSWERS[capability.name]) - found == set()
