"""What registrations tell of contacts that an audience may ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select

from sokoni.capabilities.onboarding.forms import Registering
from sokoni.capabilities.onboarding.models import Entry, EntryFact, State
from sokoni.capabilities.onboarding.service.book import APPROVAL, CONFIRMATION, VERIFICATION
from sokoni.capabilities.onboarding.service.book import COMPLETED as COMPLETED_STEP
from sokoni.capabilities.onboarding.settings import NAME, Kind, Step
from sokoni.contacts.facts import Fact, FactKind, People, since
from sokoni.kit.ids import MerchantId

_FOUND_BY: Final = frozenset({Kind.CHOICE, Kind.PLACE, Kind.PINCODE})


def _at_step(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return select(Entry.contact_id).where(
        Entry.merchant_id == merchant_id, Entry.step.in_(list(wanted))
    )


def _in_state(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
    return select(Entry.contact_id).where(
        Entry.merchant_id == merchant_id, Entry.state.in_(list(wanted))
    )


def _completed(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:
    return select(Entry.contact_id).where(
        Entry.merchant_id == merchant_id, Entry.completed_at >= since(wanted, now)
    )


def _answering(slot: str) -> People:
    def people(merchant_id: MerchantId, wanted: Sequence[str], now: datetime) -> Select[Any]:  # noqa: ARG001
        folded = [one.casefold() for one in wanted]
        return select(EntryFact.contact_id).where(
            EntryFact.merchant_id == merchant_id,
            EntryFact.slot == slot,
            EntryFact.value.in_(folded),
        )

    return people


def facts(made: Sequence[Registering]) -> Mapping[str, Fact]:
    """Return what is known of who registers, the merchant's own choices among it."""
    steps = [step for one in made for step in one.steps.values()]
    reached = (*dict.fromkeys(step.slot for step in steps), CONFIRMATION, VERIFICATION, APPROVAL)
    found = {f"{NAME}.{step.slot}": _fact(step) for step in steps if _is_found_by(step)}
    at_step = Fact(
        about="Is at one of these steps of a registration.",
        kind=FactKind.WORDS,
        people=_at_step,
        choices=(*reached, COMPLETED_STEP),
    )
    return {
        **found,
        f"{NAME}.step": at_step,
        f"{NAME}.target_step": at_step,
        f"{NAME}.state": Fact(
            about="Has a registration that stands so.",
            kind=FactKind.WORDS,
            people=_in_state,
            choices=tuple(State),
        ),
        f"{NAME}.completed": Fact(
            about="Completed a registration within so many days.",
            kind=FactKind.DAYS,
            people=_completed,
        ),
    }


def _is_found_by(step: Step) -> bool:
    return step.kind in _FOUND_BY and not step.personal


def _fact(step: Step) -> Fact:
    return Fact(
        about=f"Answered one of these for {step.slot} when registering.",
        kind=FactKind.WORDS,
        people=_answering(step.slot),
        choices=tuple(one.id for one in step.options),
    )
