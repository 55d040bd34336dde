"""What a registration says: the merchant's own words, and ours for kinds of steps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any, Final

from sokoni.capabilities.onboarding.forms import Registering
from sokoni.capabilities.onboarding.regions import region_of
from sokoni.capabilities.onboarding.settings import NAME, Kind, Option, Step, Text
from sokoni.dialogue.form import Known
from sokoni.language.catalogues import Like, OwnText, OwnWording
from sokoni.language.reading import KnownPlace
from sokoni.media.references import FileRef
from sokoni.messaging.prompts import Day, Lines, Number, Param, Worded

_OF_KIND: Final = frozenset(Kind) - {Kind.TEXT, Kind.CHOICE, Kind.NUMBER}
"""Kinds that have a name of their own in the catalogue."""
_NOT_TOLD: Final = frozenset({Kind.PHOTO, Kind.DOCUMENT, Kind.CONSENT})
_PICKED: Final = "pick"
_INDIAN: Final = "IN"


def wording(one: Registering) -> OwnWording:
    """Return all that the engine and the flow may say of it, by key."""
    return dict(_wording(one))


def _wording(one: Registering) -> Iterator[tuple[str, OwnText | Like]]:
    registration = one.registration
    yield f"menu.{one.task}", _plain(registration.label)
    if registration.greeting is not None:
        yield one.key("greeting", "told"), _plain(registration.greeting)
    if registration.done is not None:
        yield one.key("done"), registration.done
    if registration.link is not None and registration.link.label is not None:
        yield one.key("link"), _plain(registration.link.label)
    for step in registration.steps:
        yield from _of_step(one, step)
    if registration.verify is not None:
        for slot, part in product(("number", "code"), ("ask", "not_understood", "label")):
            yield f"{one.prove_task}.{slot}.{part}", Like(f"{NAME}.prove.{slot}.{part}")


def _of_step(one: Registering, step: Step) -> Iterator[tuple[str, OwnText | Like]]:
    label = _label(step)
    yield one.key(step.slot, "label"), label
    filled: dict[str, OwnText | Like] = {
        "label": label,
        "count": {"": str(len(step.options))},
        "least": {"": str(step.min_length)},
    }
    kind = _worded_kind(step)
    for part, said in (("ask", step.ask), ("not_understood", step.not_understood)):
        ours = Like(f"{NAME}.{kind}.{part}", filled)
        yield one.key(step.slot, part), _plain(said) if said is not None else ours
    if step.help is not None:
        yield one.key(step.slot, "why"), _plain(step.help)
    for option in step.options:
        yield option_key(one, step, option.id), _plain(option.label)


def _label(step: Step) -> OwnText | Like:
    """Return what a step is called; one that nobody named is called by its kind, or its slot."""
    if step.label is not None:
        return _plain(step.label)
    if step.kind in _OF_KIND:
        return Like(f"{NAME}.{step.kind}.label")
    return {"": step.slot.replace("_", " ").capitalize()}


def _worded_kind(step: Step) -> str:
    """Return by which of our own words a step is asked for."""
    if step.kind is Kind.PHONE and step.mobile:
        return "mobile_in" if set(step.countries) == {_INDIAN} else "mobile"
    return _PICKED if step.kind is Kind.CHOICE else step.kind


def _plain(text: Text) -> OwnText:
    """Return a text in which braces are only braces."""
    return {language: _escaped(said) for language, said in text.items()}


def _escaped(said: str) -> str:
    return said.replace("{", "{{").replace("}", "}}")


def option_key(one: Registering, step: Step, option: str) -> str:
    return one.key(step.slot, "option", option)


def option_label(one: Registering, step: Step, option: Option) -> Worded:
    return Worded(option_key(one, step, option.id))


def lines(one: Registering, known: Known) -> Lines:
    """Return what is known, a line for every step that counts."""
    moot = one.moot(known)
    shown = [
        Worded(
            f"{NAME}.line",
            {
                "label": Worded(one.key(slot, "label")),
                "value": shown_value(one, step, known[slot]),
            },
        )
        for slot, step in one.steps.items()
        if known.get(slot) is not None and slot not in moot
    ]
    return Lines(tuple(shown))


def said(one: Registering, known: Known) -> Mapping[str, Param]:
    """Return every answer as a parameter, also those that were not given."""
    return {
        slot: shown_value(one, step, known[slot]) if known.get(slot) is not None else ""
        for slot, step in one.steps.items()
    }


def shown_value(  # noqa: PLR0911 -- one per kind
    one: Registering,
    step: Step,
    value: Any,  # noqa: ANN401 -- any slot's own type
) -> Param:
    """Return an answer as the contact reads it."""
    match value:
        case bool():
            return Worded(f"{NAME}.consent.{'given' if value else 'refused'}")
        case FileRef():
            return Worded(f"{NAME}.file")
        case KnownPlace(name=name, town=town):
            return name if name == town else f"{name}, {town}"
        case date():
            return Day(value)
        case Decimal():
            return Number(value)
        case _ if step.kind is Kind.CHOICE:
            return Worded(option_key(one, step, str(value)))
        case _ if step.kind is Kind.PINCODE:
            return _with_region(str(value))
        case _:
            return str(value)


def _with_region(pincode: str) -> Param:
    region = region_of(pincode)
    if not region:
        return pincode
    worded = Worded(f"{NAME}.pincode.region.{region}")
    return Worded(f"{NAME}.pincode.shown", {"pincode": pincode, "region": worded})


def fact_of(step: Step, value: Any) -> str | None:  # noqa: ANN401 -- any slot's own type
    """Return by which word audiences find an answer, None where they may not."""
    if step.personal:
        return None
    match value:
        case KnownPlace():
            return value.town.casefold()
        case str() if step.kind in {Kind.CHOICE, Kind.PINCODE}:
            return value
        case _:
            return None


def facts_of(one: Registering, known: Known) -> Mapping[str, str]:
    found: Sequence[tuple[str, str | None]] = [
        (slot, fact_of(step, known.get(slot))) for slot, step in one.steps.items()
    ]
    return {slot: value for slot, value in found if value is not None}


def plain_answers(one: Registering, known: Known) -> Mapping[str, Any]:
    """Return the answers as an outside service is told them: names of options, not ids."""
    proven = one.registration.verify.slot if one.registration.verify else ""
    return {
        slot: _plain_answer(step, known[slot])
        for slot, step in one.steps.items()
        if known.get(slot) is not None and slot != proven and step.kind not in _NOT_TOLD
    }


def _plain_answer(step: Step, value: Any) -> str:  # noqa: ANN401 -- any slot's own type
    if step.kind is Kind.CHOICE:
        label = next(option.label for option in step.options if option.id == value)
        return label.get("") or label.get("en") or next(iter(label.values()))
    if isinstance(value, KnownPlace):
        return value.name
    return str(value)
