"""Who may be written to: one rule, for the proof of all and for each in their own turn."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """What is to be said of a recipient, by one code."""

    TEMPLATE = "template"
    """Written to by a template."""
    IN_WINDOW = "in_window"
    """Written to freely: they wrote within the channel's service window."""
    QUIET_HOURS = "quiet_hours"
    """It is night where they live."""
    IN_A_TASK = "in_a_task"
    """They are in the middle of a task, or a person talks with them."""
    OPTED_OUT = "opted_out"
    """They said stop, to us or in the channel's own settings."""
    NO_CONSENT = "no_consent"
    """They never agreed to be written to."""
    BLOCKED = "blocked"
    """Staff shut them out."""
    CAPPED = "capped"
    """They got enough of it lately."""
    TEMPLATE_NOT_APPROVED = "template_not_approved"
    """Only a template may be sent, and none in their language may."""
    NO_ADDRESS = "no_address"
    """There is no way to reach them, or the channel says that they take no messages."""
    DUPLICATE = "duplicate"
    """They were told just this already."""
    EXPIRED = "expired"
    """The broadcast's time was over before they could be written to."""
    STOPPED = "stopped"
    """The broadcast was stopped before."""
    ERASED = "erased"


SENT: Final = frozenset({Reason.TEMPLATE, Reason.IN_WINDOW})
PASSING: Final = frozenset({Reason.QUIET_HOURS, Reason.IN_A_TASK})
"""They may be written to later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of a broadcast and its merchant decides."""

    marketing: bool
    by_day: bool
    """It can wait until the morning."""
    most: int
    """Marketing messages a contact may get; 0: any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of a contact decides, at the time at which they would be written to."""

    reachable: bool = True
    blocked: bool = False
    opted_out: bool = False
    no_marketing: bool = False
    """They switched marketing off in the channel's settings."""
    agreed: bool = False
    window_open: bool = False
    has_text: bool = True
    """The broadcast has words of its own for them, that may be said while the window is open."""
    has_template: bool = False
    """It has a template for them that the channel lets be sent."""
    marketed: int = 0
    """Marketing messages that they got lately."""
    told: bool = False
    """They were told just this by another broadcast."""
    night: bool = False
    in_a_task: bool = False


def verdict(one: Standing, terms: Terms) -> Reason:
    """Return what becomes of the contact: what forbids for good comes before what passes."""
    return _forbids(one) or _forbids_marketing(one, terms) or _when(one, terms)


def _forbids(one: Standing) -> Reason | None:
    """Return why nothing may be said."""
    if one.told:
        return Reason.DUPLICATE
    if one.blocked:
        return Reason.BLOCKED
    if one.opted_out:
        return Reason.OPTED_OUT
    return None if one.reachable else Reason.NO_ADDRESS


def _forbids_marketing(one: Standing, terms: Terms) -> Reason | None:
    if not terms.marketing:
        return None
    if one.no_marketing:
        return Reason.OPTED_OUT
    if not one.agreed:
        return Reason.NO_CONSENT
    return Reason.CAPPED if terms.most and one.marketed >= terms.most else None


def _when(one: Standing, terms: Terms) -> Reason:
    """Return how they are written to, or for what that waits."""
    way = _way(one)
    if way is Reason.TEMPLATE_NOT_APPROVED:
        return way
    if terms.by_day and one.night:
        return Reason.QUIET_HOURS
    return Reason.IN_A_TASK if one.in_a_task else way


def _way(one: Standing) -> Reason:
    if one.window_open and one.has_text:
        return Reason.IN_WINDOW
    return Reason.TEMPLATE if one.has_template else Reason.TEMPLATE_NOT_APPROVED
