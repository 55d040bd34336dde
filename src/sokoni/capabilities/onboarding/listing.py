"""Registrations as lines of a list or a file: whose they are, how far, and what was answered."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sokoni.capabilities.onboarding.forms import registrations
from sokoni.capabilities.onboarding.models import Entry
from sokoni.capabilities.onboarding.service.book import Answers
from sokoni.capabilities.onboarding.settings import NAME
from sokoni.kit.spreadsheets import guarded
from sokoni.merchants.profile import MerchantProfile

HEAD: Final = (
    *("reference", "registration", "state", "step", "verified"),
    *("created_at", "updated_at", "completed_at"),
)


def row(entry: Entry) -> dict[str, str]:
    """Return what a line says of every registration, by the columns of `HEAD`."""
    times = {name: getattr(entry, name) for name in HEAD if name.endswith("_at")}
    return {
        "reference": entry.reference,
        "registration": entry.registration,
        "state": entry.state,
        "step": entry.step,
        "verified": "yes" if entry.verified else "no",
        **{name: at.isoformat(timespec="seconds") if at else "" for name, at in times.items()},
    }


def texts(answers: Answers) -> dict[str, str]:
    """Return the answers by slot: of a choice its id, of a place its name, of a file its id."""
    return {slot: _text(json.loads(bytes(raw))) for slot, raw in answers.items()}


def slots_of(merchant: MerchantProfile, registration: str = "") -> Sequence[str]:
    """Return what the merchant's file asks for now, in its order, each slot once."""
    declared = merchant.capabilities.get(NAME)
    made = registrations(declared) if declared else {}
    wanted = (one for name, one in made.items() if registration in {"", name})
    return tuple(dict.fromkeys(slot for one in wanted for slot in one.steps))


def cells(names: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """Return a line of a file; no cell is a formula."""
    return [guarded(said.get(name, "").strip()) for name in names]


def _text(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("id") or "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
